//! What flows answer.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::once::secret;
use crate::{
    domain::{
        company::Policy,
        ids::{CompanyId, InvitationId, UserId},
        principal::Role,
    },
    store::{CompanyRow, InvitationRow, InvitationStatus, UserRow},
};

/// How a client takes its tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Client {
    /// A browser: in cookies that no script can read.
    Web,
    /// A program: in the body.
    Api,
}

impl Client {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Web => "web",
            Self::Api => "api",
        }
    }
}

/// An access token on its way out.
#[derive(Debug, Serialize, Deserialize)]
pub struct AccessView {
    /// The JWT.
    #[serde(with = "secret")]
    pub access_token: SecretString,
    /// Its life.
    pub expires_in_seconds: u64,
    /// When the person last proved who they are.
    #[serde(with = "time::serde::rfc3339")]
    pub auth_time: OffsetDateTime,
}

/// A finished sign-in.
#[derive(Debug, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub user: UserView,
    /// The access token.
    pub access: AccessView,
    /// The refresh token.
    #[serde(with = "secret")]
    pub refresh_token: SecretString,
    /// Its life.
    pub refresh_expires_in_seconds: u64,
}

/// A person's account, as its company sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UserView {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: String,
    /// The person's name.
    pub full_name: String,
    /// Its role.
    pub role: Role,
    /// `active` or `deactivated`.
    pub status: String,
    /// Whether a second factor is asked at sign-in.
    pub mfa_enabled: bool,
    /// Whether the address was confirmed.
    pub email_verified: bool,
    /// The last finished sign-in.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_login_at: Option<OffsetDateTime>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<UserRow> for UserView {
    fn from(user: UserRow) -> Self {
        Self {
            id: user.id,
            email: user.email,
            full_name: user.full_name,
            role: user.role,
            status: if user.active { "active" } else { "deactivated" }.to_owned(),
            mfa_enabled: user.mfa_enabled,
            email_verified: user.email_verified,
            last_login_at: user.last_login_at,
            created_at: user.created_at,
        }
    }
}

/// A company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CompanyView {
    /// Its id.
    pub id: CompanyId,
    /// Its short name at sign-in.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it demands of its people.
    #[serde(flatten)]
    pub policy: Policy,
    /// When it registered.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<CompanyRow> for CompanyView {
    fn from(company: CompanyRow) -> Self {
        let CompanyRow { id, slug, name, policy, created_at, .. } = company;
        Self { id, slug, name, policy, created_at }
    }
}

/// A set-up that waits for its first code.
#[derive(Debug)]
pub struct EnrollmentView {
    /// The key to type by hand, base32.
    pub secret: SecretString,
    /// The `otpauth://` address in the QR code.
    pub otpauth_uri: SecretString,
    /// The QR code as an SVG document.
    pub qr_svg: SecretString,
    /// The QR code as a PNG `data:` URI.
    pub qr_png_data_uri: SecretString,
    /// How long the set-up waits.
    pub expires_in_seconds: u64,
}

/// One backup code.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BackupCodeView {
    /// The code.
    pub code: String,
    /// When it was spent, if it was.
    #[serde(with = "time::serde::rfc3339::option")]
    pub used_at: Option<OffsetDateTime>,
}

/// A person's backup codes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BackupCodesView {
    /// All of them, spent ones marked.
    pub codes: Vec<BackupCodeView>,
    /// How many are left.
    pub remaining: usize,
    /// When they were made.
    #[serde(with = "time::serde::rfc3339::option")]
    pub generated_at: Option<OffsetDateTime>,
}

/// An invitation. Its token goes by mail only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InvitationView {
    /// Its id; useless without the mailed token.
    pub id: InvitationId,
    /// The address it is bound to.
    pub email: String,
    /// The role the person will have.
    pub role: Role,
    /// `pending`, `accepted` or `withdrawn`.
    pub status: String,
    /// Who invited.
    pub invited_by: UserId,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

impl From<InvitationRow> for InvitationView {
    fn from(invitation: InvitationRow) -> Self {
        let InvitationRow { id, email, role, invited_by, expires_at, created_at, .. } = invitation;
        let status = match invitation.status {
            InvitationStatus::Pending => "pending",
            InvitationStatus::Accepted => "accepted",
            InvitationStatus::Withdrawn => "withdrawn",
        }
        .to_owned();
        Self { id, email, role, status, invited_by, expires_at, created_at }
    }
}

/// A ticket for one live connection.
#[derive(Debug)]
pub struct TicketView {
    /// The ticket.
    pub ticket: SecretString,
    /// Its life.
    pub expires_in_seconds: u64,
}
