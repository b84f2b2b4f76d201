//! Every mail there is, with the facts it needs: a mail without its facts does not compile.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// What a mail says.
#[derive(Clone, Debug)]
pub enum Message {
    /// A person is asked to join a company.
    Invitation {
        /// The company.
        company: String,
        /// Who invites.
        inviter: String,
        /// The role, as a person says it.
        role: String,
        /// The invitation token; it goes into the link's fragment, which no server sees.
        token: SecretString,
        /// Until when the link works.
        expires_at: OffsetDateTime,
    },
    /// An account was made.
    Welcome {
        /// The company.
        company: String,
        /// Whose account.
        full_name: String,
    },
    /// An admin ended every session of the person.
    ForcedLogout {
        /// The company.
        company: String,
        /// Whose sessions.
        full_name: String,
        /// Which admin.
        admin: String,
        /// When.
        at: OffsetDateTime,
    },
    /// A second factor was confirmed.
    MfaEnabled(Security),
    /// The second factor was removed.
    MfaDisabled(Security),
    /// A backup code was spent.
    BackupCodeUsed {
        /// When and from where.
        security: Security,
        /// How many are left.
        remaining: u32,
    },
    /// A refresh token came twice: its session was ended.
    RefreshReused(Security),
    /// The person is asked whether the address of their account is theirs.
    ConfirmAddress {
        /// The company.
        company: String,
        /// Whose account.
        full_name: String,
        /// The link that says so.
        link: Link,
    },
    /// Somebody asked for a link to set a new password.
    PasswordReset {
        /// When and from where it was asked for.
        security: Security,
        /// The link.
        link: Link,
    },
    /// An admin ended every session of the person, whose password counts no more.
    NewPasswordDemanded {
        /// By whom and when.
        intervention: Intervention,
        /// The link that sets a new one.
        link: Link,
    },
    /// The password was changed, or set anew by a mailed link.
    PasswordChanged(Security),
    /// A sign-in from a device that was not seen before.
    NewDevice(Security),
    /// An admin removed the person's second factor.
    MfaReset(Intervention),
    /// An admin switched the account off.
    Deactivated(Intervention),
    /// The account was erased.
    Erased(Intervention),
    /// To the new address: is it theirs?
    AddressChange {
        /// The company.
        company: String,
        /// Whose account.
        full_name: String,
        /// The address that is to become the account's.
        address: String,
        /// The link that makes it so.
        link: Link,
    },
    /// To the present address: somebody asked for another one.
    AddressChangeAsked {
        /// When and from where.
        security: Security,
        /// The address that was asked for.
        address: String,
    },
    /// To the old and the new address: the account has another one now.
    AddressChanged {
        /// When and from where.
        security: Security,
        /// The new address.
        address: String,
    },
    /// Somebody tries many accounts, some of them of the Admin's company.
    Spraying {
        /// The company.
        company: String,
        /// Which Admin is told.
        full_name: String,
        /// When it was noticed.
        at: OffsetDateTime,
        /// The address of the attempt that was noticed.
        ip: String,
    },
    /// To its owner: their password or code was right after many that were wrong.
    AfterFailures {
        /// When and from where it was right.
        security: Security,
        /// What was guessed at.
        guesses: Guesses,
    },
    /// The same to the Admins.
    AccountGuessed {
        /// Who is told, and whose account it is.
        watch: Watch,
        /// What was guessed at.
        guesses: Guesses,
        /// The address of the right one.
        ip: String,
    },
    /// To a person who was made an Admin.
    MadeAdmin(Intervention),
    /// To the other Admins: there is one more.
    NewAdmin {
        /// Who is told, and who is the new one.
        watch: Watch,
        /// Who made them one.
        admin: String,
    },
}

/// Wrong ones before a right one.
#[derive(Clone, Copy, Debug)]
pub struct Guesses {
    /// What it was, as a person says it: `password` or `code`.
    pub what: &'static str,
    /// How many were wrong.
    pub failures: u32,
}

/// What an Admin is told about somebody of the company.
#[derive(Clone, Debug)]
pub struct Watch {
    /// The company.
    pub company: String,
    /// Which Admin is told.
    pub full_name: String,
    /// About whom.
    pub person: String,
    /// When.
    pub at: OffsetDateTime,
}

/// A link that works once.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its token; it goes into the link's fragment, which no server sees.
    pub token: SecretString,
    /// Until when it works.
    pub expires_at: OffsetDateTime,
}

/// Something an admin did to the account.
#[derive(Clone, Debug)]
pub struct Intervention {
    /// The company.
    pub company: String,
    /// Whose account.
    pub full_name: String,
    /// Which admin.
    pub admin: String,
    /// When.
    pub at: OffsetDateTime,
}

/// What a person needs to judge whether it was them.
#[derive(Clone, Debug)]
pub struct Security {
    /// The company.
    pub company: String,
    /// Whose account.
    pub full_name: String,
    /// When.
    pub at: OffsetDateTime,
    /// From which address.
    pub ip: String,
    /// With which device, in words.
    pub device: String,
}

macro_rules! kinds {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// Which mail it is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Kind {
            $(#[doc = concat!("The mail `", $name, "`.")] $variant,)+
        }

        impl Kind {
            /// Every mail there is.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The name in the outbox.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Its template.
            pub(super) fn template(self) -> &'static str {
                match self { $(Self::$variant => include_str!(concat!("templates/", $name, ".mail")),)+ }
            }
        }
    };
}

kinds! {
    Invitation = "invitation",
    Welcome = "welcome",
    ForcedLogout = "forced_logout",
    MfaEnabled = "mfa_enabled",
    MfaDisabled = "mfa_disabled",
    BackupCodeUsed = "backup_code_used",
    RefreshReused = "refresh_reused",
    ConfirmAddress = "confirm_address",
    PasswordReset = "password_reset",
    NewPasswordDemanded = "new_password_demanded",
    PasswordChanged = "password_changed",
    NewDevice = "new_device",
    MfaReset = "mfa_reset",
    Deactivated = "deactivated",
    Erased = "erased",
    AddressChange = "address_change",
    AddressChangeAsked = "address_change_asked",
    AddressChanged = "address_changed",
    Spraying = "spraying",
    AfterFailures = "after_failures",
    AccountGuessed = "account_guessed",
    MadeAdmin = "made_admin",
    NewAdmin = "new_admin",
}

impl Message {
    /// Which mail it is.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Invitation { .. } => Kind::Invitation,
            Self::Welcome { .. } => Kind::Welcome,
            Self::ForcedLogout { .. } => Kind::ForcedLogout,
            Self::MfaEnabled(_) => Kind::MfaEnabled,
            Self::MfaDisabled(_) => Kind::MfaDisabled,
            Self::BackupCodeUsed { .. } => Kind::BackupCodeUsed,
            Self::RefreshReused(_) => Kind::RefreshReused,
            Self::ConfirmAddress { .. } => Kind::ConfirmAddress,
            Self::PasswordReset { .. } => Kind::PasswordReset,
            Self::NewPasswordDemanded { .. } => Kind::NewPasswordDemanded,
            Self::PasswordChanged(_) => Kind::PasswordChanged,
            Self::NewDevice(_) => Kind::NewDevice,
            Self::MfaReset(_) => Kind::MfaReset,
            Self::Deactivated(_) => Kind::Deactivated,
            Self::Erased(_) => Kind::Erased,
            Self::AddressChange { .. } => Kind::AddressChange,
            Self::AddressChangeAsked { .. } => Kind::AddressChangeAsked,
            Self::AddressChanged { .. } => Kind::AddressChanged,
            Self::Spraying { .. } => Kind::Spraying,
            Self::AfterFailures { .. } => Kind::AfterFailures,
            Self::AccountGuessed { .. } => Kind::AccountGuessed,
            Self::MadeAdmin(_) => Kind::MadeAdmin,
            Self::NewAdmin { .. } => Kind::NewAdmin,
        }
    }
}
