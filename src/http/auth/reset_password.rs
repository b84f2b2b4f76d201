//! `POST /api/auth/password/reset`: a new password by the mailed link. It signs nobody in.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{ClientOrigin, Json, Secret},
        problem::Problem,
    },
    tenant::{Tenants, flows::ResetPassword},
};

/// The link's token and the new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ResetPasswordInput {
    /// From the mail; works once, for thirty minutes.
    token: Secret,
    /// The new password.
    new_password: Secret,
}

/// Sets it; every session of the account ends.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    origin: ClientOrigin,
    Json(input): Json<ResetPasswordInput>,
) -> Result<HttpResponse, Problem> {
    let (token, new_password) = (input.token.0, input.new_password.0);
    tenants.run(ResetPassword { token, new_password, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
