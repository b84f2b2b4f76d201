//! The claims of an access token. Times are whole seconds since 1970 as JSON integers; nothing else is read as a time.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Grant;
use crate::domain::{
    ids::{CompanyId, SessionId, UserId},
    principal::{Principal, Role},
};

/// All of them, all required.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Claims {
    pub(super) iss: String,
    pub(super) aud: String,
    pub(super) sub: UserId,
    pub(super) sid: SessionId,
    pub(super) company: CompanyId,
    pub(super) role: Role,
    pub(super) amr: Vec<String>,
    pub(super) auth_time: i64,
    pub(super) iat: i64,
    pub(super) exp: i64,
    pub(super) jti: Uuid,
    pub(super) epoch: i64,
    pub(super) company_epoch: i64,
    /// Never issued; respected if it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) nbf: Option<i64>,
}

impl Claims {
    pub(super) fn of(grant: &Grant, issuer: &str, audience: &str, now: OffsetDateTime, end: OffsetDateTime) -> Self {
        Self {
            iss: issuer.into(),
            aud: audience.into(),
            sub: grant.user,
            sid: grant.session,
            company: grant.company,
            role: grant.role,
            amr: grant.amr.clone(),
            auth_time: grant.auth_time.unix_timestamp(),
            iat: now.unix_timestamp(),
            exp: end.unix_timestamp(),
            jti: grant.token_id,
            epoch: grant.epoch,
            company_epoch: grant.company_epoch,
            nbf: None,
        }
    }

    /// The caller these claims describe; `None` if a time lies outside the calendar.
    pub(super) fn principal(&self) -> Option<Principal> {
        Some(Principal {
            user: self.sub,
            company: self.company,
            session: self.sid,
            role: self.role,
            amr: self.amr.clone(),
            auth_time: OffsetDateTime::from_unix_timestamp(self.auth_time).ok()?,
            expires_at: OffsetDateTime::from_unix_timestamp(self.exp).ok()?,
            epoch: self.epoch,
            company_epoch: self.company_epoch,
        })
    }
}
