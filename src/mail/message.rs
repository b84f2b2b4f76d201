//! Every mail there is, with the facts it needs: a mail without its facts does not compile.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, macros::format_description};

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
    /// A sign-in on a device not seen before.
    NewDevice(Security),
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
    NewDevice = "new_device",
    Spraying = "spraying",
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
            Self::NewDevice(_) => Kind::NewDevice,
            Self::Spraying { .. } => Kind::Spraying,
        }
    }

    /// What the template's names stand for.
    pub(super) fn facts(&self, base_url: &str) -> Vec<(&'static str, String)> {
        match self {
            Self::Invitation { company, inviter, role, token, expires_at } => vec![
                ("company", company.clone()),
                ("inviter", inviter.clone()),
                ("role", role.clone()),
                ("expires_at", moment(*expires_at)),
                ("link", format!("{base_url}/invite#token={}", token.expose_secret())),
            ],
            Self::Welcome { company, full_name } => {
                vec![("company", company.clone()), ("full_name", full_name.clone()), ("link", base_url.into())]
            }
            Self::ForcedLogout { company, full_name, admin, at } => vec![
                ("company", company.clone()),
                ("full_name", full_name.clone()),
                ("admin", admin.clone()),
                ("at", moment(*at)),
                ("link", format!("{base_url}/login")),
            ],
            Self::MfaEnabled(security)
            | Self::MfaDisabled(security)
            | Self::RefreshReused(security)
            | Self::NewDevice(security) => security.facts(base_url),
            Self::Spraying { company, full_name, at, ip } => vec![
                ("company", company.clone()),
                ("full_name", full_name.clone()),
                ("at", moment(*at)),
                ("ip", ip.clone()),
                ("link", format!("{base_url}/live")),
            ],
            Self::BackupCodeUsed { security, remaining } => {
                let mut facts = security.facts(base_url);
                facts.push(("remaining", remaining.to_string()));
                facts
            }
        }
    }
}

impl Security {
    fn facts(&self, base_url: &str) -> Vec<(&'static str, String)> {
        vec![
            ("company", self.company.clone()),
            ("full_name", self.full_name.clone()),
            ("at", moment(self.at)),
            ("ip", self.ip.clone()),
            ("device", self.device.clone()),
            ("link", format!("{base_url}/security")),
        ]
    }
}

fn moment(at: OffsetDateTime) -> String {
    let form = format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
    at.to_offset(time::UtcOffset::UTC).format(form).unwrap_or_default()
}
