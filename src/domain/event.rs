//! What happens in a company: one enum for the audit log, the live channel and the mails. To add an event: a
//! variant in [`Kind`] with its name and severity, the flow that records it, and its renderer in the web app.

mod severity;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    ids::{CompanyId, SessionId, UserId},
    principal::{Origin, Principal, Role},
};
pub use severity::Severity;

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $severity:ident;)+) => {
        /// Every kind of event there is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        pub enum Kind {
            $($(#[$doc])* #[serde(rename = $name)] $variant,)+
        }

        impl Kind {
            /// Every kind with its name on the wire and its usual severity.
            pub const TABLE: &[(Self, &'static str, Severity)] = &[$((Self::$variant, $name, Severity::$severity),)+];
        }
    };
}

kinds! {
    /// A company registered.
    CompanyRegistered = "company.registered", Info;
    /// Name or policy of the company changed.
    CompanyUpdated = "company.updated", Notice;
    /// Somebody signed in.
    LoginSucceeded = "login.succeeded", Info;
    /// A sign-in was refused.
    LoginFailed = "login.failed", Notice;
    /// A sign-in from a device not seen before.
    LoginNewDevice = "login.new_device", Notice;
    /// A sign-in succeeded after many failures: somebody may have guessed.
    LoginAfterFailures = "login.after_failures", Warning;
    /// One source or one password is tried on many accounts.
    LoginSpraying = "login.spraying", Critical;
    /// Too many failures: sign-in for this account waits.
    LoginLocked = "login.locked", Warning;
    /// A second factor was confirmed.
    MfaEnrolled = "mfa.enrolled", Notice;
    /// The second factor was removed by its owner.
    MfaDisabled = "mfa.disabled", Warning;
    /// The second factor was removed by an admin.
    MfaReset = "mfa.reset", Warning;
    /// A second-factor code was wrong.
    MfaFailed = "mfa.failed", Notice;
    /// Too many wrong codes: the second factor of this account waits.
    MfaLocked = "mfa.locked", Warning;
    /// A code that was already used came again.
    MfaCodeReplayed = "mfa.code_replayed", Warning;
    /// A backup code was spent.
    BackupCodeUsed = "backup_code.used", Warning;
    /// The backup codes were shown to their owner.
    BackupCodesViewed = "backup_codes.viewed", Notice;
    /// New backup codes replaced the old ones.
    BackupCodesRegenerated = "backup_codes.regenerated", Notice;
    /// A session began outside a sign-in.
    SessionStarted = "session.started", Info;
    /// A session got new tokens.
    SessionRefreshed = "session.refreshed", Info;
    /// The person proved again who they are.
    SessionReauthenticated = "session.reauthenticated", Info;
    /// A person has unusually many sessions at once.
    SessionMany = "session.many", Warning;
    /// One or more sessions were ended.
    SessionRevoked = "session.revoked", Notice;
    /// A session reached its end.
    SessionExpired = "session.expired", Info;
    /// A refresh token was used twice: the session was ended.
    RefreshReused = "refresh.reused", Critical;
    /// A person was invited.
    UserInvited = "user.invited", Info;
    /// An invitation was withdrawn.
    InvitationWithdrawn = "invitation.withdrawn", Info;
    /// An invited person joined.
    UserJoined = "user.joined", Info;
    /// A profile changed.
    UserUpdated = "user.updated", Info;
    /// An account was switched off.
    UserDeactivated = "user.deactivated", Warning;
    /// An account was switched on again.
    UserReactivated = "user.reactivated", Notice;
    /// An account and everything personal about it was erased.
    UserErased = "user.erased", Warning;
    /// A person's role changed.
    RoleChanged = "role.changed", Warning;
    /// The password was changed by its owner.
    PasswordChanged = "password.changed", Notice;
    /// The password was set anew through a mailed link.
    PasswordReset = "password.reset", Warning;
    /// Somebody asked for a link to set a new password.
    PasswordResetRequested = "password.reset_requested", Notice;
    /// A person confirmed that an address is theirs.
    EmailConfirmed = "email.confirmed", Info;
    /// A person asked to change their address; nothing has changed yet.
    EmailChangeRequested = "email.change_requested", Notice;
    /// A person's address changed.
    EmailChanged = "email.changed", Warning;
    /// The audit log was exported.
    AuditExported = "audit.exported", Notice;
    /// Rows of the audit log were removed because their time was over.
    AuditPruned = "audit.pruned", Notice;
    /// An Admin said of an alert that somebody has dealt with it.
    AlertAcknowledged = "alert.acknowledged", Notice;
    /// A socket of a session that was ended has closed. Live only, never in the audit log.
    SessionLeft = "session.left", Info;
    /// A service got a key.
    ServiceCredentialCreated = "service_credential.created", Notice;
    /// A service's key was replaced; the old one works on for a stated time.
    ServiceCredentialRotated = "service_credential.rotated", Notice;
    /// A service's key was revoked.
    ServiceCredentialRevoked = "service_credential.revoked", Warning;
    /// Who is connected changed. Live only, never in the audit log.
    PresenceChanged = "presence.changed", Info;
}

impl Kind {
    fn row(self) -> &'static (Self, &'static str, Severity) {
        &Self::TABLE[self as usize]
    }

    /// The name on the wire, in the database and in filters.
    pub fn as_str(self) -> &'static str {
        self.row().1
    }

    /// The severity it has unless its cause says otherwise.
    pub fn severity(self) -> Severity {
        self.row().2
    }

    /// Reads [`Kind::as_str`] back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// A signed-in (or signing-in) person of the company.
    User {
        /// Their account.
        id: UserId,
    },
    /// Somebody who did not prove who they are.
    Anonymous,
    /// Voxgate itself, by a job or the command line.
    System,
}

/// What it was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Subject {
    /// `user`, `session`, `invitation`, `company`, `audit_log`, `service_credential`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its id.
    pub id: Uuid,
}

impl Subject {
    /// A person's account.
    pub fn user(id: UserId) -> Self {
        Self { kind: "user".into(), id: id.0 }
    }

    /// One session.
    pub fn session(id: SessionId) -> Self {
        Self { kind: "session".into(), id: id.0 }
    }

    /// The company.
    pub fn company(id: CompanyId) -> Self {
        Self { kind: "company".into(), id: id.0 }
    }

    /// Anything else that has a name and an id.
    pub fn of(kind: &str, id: impl Into<Uuid>) -> Self {
        Self { kind: kind.into(), id: id.into() }
    }
}

/// One thing that happened, before it has its number. Made by the flows, written to the outbox with their transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub kind: Kind,
    /// How much it should worry.
    pub severity: Severity,
    /// Who did it.
    pub actor: Actor,
    /// To what.
    pub subject: Option<Subject>,
    /// In or to which session.
    pub session: Option<SessionId>,
    /// From where.
    pub origin: Origin,
    /// Details of this kind; never a secret.
    pub data: Value,
}

impl Event {
    /// An event of `kind` with its usual severity, done by nobody in particular, about nothing in particular.
    pub fn new(kind: Kind, origin: &Origin) -> Self {
        Self {
            kind,
            severity: kind.severity(),
            actor: Actor::System,
            subject: None,
            session: None,
            origin: origin.clone(),
            data: Value::Object(serde_json::Map::new()),
        }
    }

    /// Done by this account.
    pub fn by(mut self, user: UserId) -> Self {
        self.actor = Actor::User { id: user };
        self
    }

    /// Done by this signed-in caller, in their session.
    pub fn by_principal(self, principal: &Principal) -> Self {
        self.in_session(principal.session).by(principal.user)
    }

    /// Done by somebody unproven.
    pub fn by_anonymous(mut self) -> Self {
        self.actor = Actor::Anonymous;
        self
    }

    /// Done to this.
    pub fn about(mut self, subject: Subject) -> Self {
        self.subject = Some(subject);
        self
    }

    /// In or to this session.
    pub fn in_session(mut self, session: SessionId) -> Self {
        self.session = Some(session);
        self
    }

    /// With these details (an object).
    pub fn with(mut self, data: Value) -> Self {
        self.data = data;
        self
    }

    /// Whether a role may see the company's stream at all.
    pub fn stream_is_open_to(role: Role) -> bool {
        role >= Role::Manager
    }
}

#[cfg(test)]
mod tests;
