//! `POST /api/auth/reauthenticate`: proves again who one is, for what comes next.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::tokens::AccessBody;
use crate::{
    http::{
        extract::{Caller, ClientOrigin, Json, Secret, Visit},
        problem::Problem,
    },
    tenant::{Tenants, flows::Reauthenticate},
};

/// The password, and the code where the account has a second factor.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ReauthenticateInput {
    /// The password.
    password: Secret,
    /// What the authenticator shows now.
    code: Option<Secret>,
}

/// The session's new proof of identity.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ReauthenticatedBody {
    /// When the person proved who they are: now.
    #[serde(with = "time::serde::rfc3339")]
    auth_time: OffsetDateTime,
    #[serde(flatten)]
    access: AccessBody,
}

/// Gives the session a new `auth_time` and a new access token.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    visit: Visit,
    origin: ClientOrigin,
    Json(input): Json<ReauthenticateInput>,
) -> Result<HttpResponse, Problem> {
    let (password, code) = (input.password.0, input.code.map(|code| code.0));
    let access = tenants.run(Reauthenticate { principal, password, code, origin: origin.0 }).await?;
    let body = ReauthenticatedBody { auth_time: access.auth_time, access: AccessBody::new(visit.client, &access) };
    Ok(visit.with_access(StatusCode::OK, &access)?.json(body))
}
