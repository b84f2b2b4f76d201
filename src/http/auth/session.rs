//! `GET /api/auth/session`: what the access token says, from the token alone.

use actix_web::web::Json;
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    domain::{
        ids::{CompanyId, SessionId, UserId},
        principal::Role,
    },
    http::extract::Caller,
};

/// The caller, as their token says.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SessionAnswer {
    user_id: UserId,
    company_id: CompanyId,
    session_id: SessionId,
    role: Role,
    /// Authentication methods (RFC 8176): `pwd`, `otp`, `mfa`.
    amr: Vec<String>,
    /// When the person last proved who they are, when the token was issued.
    #[serde(with = "time::serde::rfc3339")]
    auth_time: OffsetDateTime,
    /// When the access token ends.
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

/// Says who the caller is. No database, no actor.
pub(in crate::http) async fn handle(Caller(caller): Caller) -> Json<SessionAnswer> {
    Json(SessionAnswer {
        user_id: caller.user,
        company_id: caller.company,
        session_id: caller.session,
        role: caller.role,
        amr: caller.amr,
        auth_time: caller.auth_time,
        expires_at: caller.expires_at,
    })
}
