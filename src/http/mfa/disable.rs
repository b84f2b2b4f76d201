//! `POST /api/auth/mfa/disable`: removes the second factor.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{Caller, ClientOrigin, Json, Secret},
        problem::Problem,
    },
    tenant::{Tenants, flows::DisableMfa},
};

/// Both factors, once more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct DisableInput {
    /// The password.
    password: Secret,
    /// What the authenticator shows now.
    code: Secret,
}

/// Removes the second factor.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Json(DisableInput { password, code }): Json<DisableInput>,
) -> Result<HttpResponse, Problem> {
    tenants.run(DisableMfa { principal, password: password.0, code: code.0, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
