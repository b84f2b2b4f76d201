//! `POST /api/auth/password/change`: another password, with the present one.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{Caller, ClientOrigin, Json, Secret},
        problem::Problem,
    },
    tenant::{Tenants, flows::ChangePassword},
};

/// The present password and the new one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChangePasswordInput {
    /// The present one.
    current_password: Secret,
    /// The new one.
    new_password: Secret,
}

/// Changes it; the caller's other sessions end.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Json(input): Json<ChangePasswordInput>,
) -> Result<HttpResponse, Problem> {
    let (current_password, new_password) = (input.current_password.0, input.new_password.0);
    tenants.run(ChangePassword { principal, current_password, new_password, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
