//! `POST /api/auth/reauthenticate`: proves again who one is, for what comes next.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
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
    Ok(visit.with_access(StatusCode::OK, &access)?.json(AccessBody::new(visit.client, &access)))
}
