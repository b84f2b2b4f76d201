//! `POST /api/users/me/email`: asks for another address. It counts once its owner has confirmed it.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{Caller, ClientOrigin, Json, Secret},
        problem::Problem,
    },
    tenant::{Tenants, flows::ChangeEmail},
};

/// The new address, and the password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ChangeEmailInput {
    /// The address that gets the link.
    #[schema(example = "ada@new.example")]
    new_email: String,
    /// The caller's password.
    password: Secret,
}

/// Mails the link to the new address and a notice to the present one.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Json(ChangeEmailInput { new_email, password }): Json<ChangeEmailInput>,
) -> Result<HttpResponse, Problem> {
    tenants.run(ChangeEmail { principal, new_email, password: password.0, origin: origin.0 }).await?;
    Ok(HttpResponse::Accepted().finish())
}
