//! `POST /api/auth/email/verify`: confirms the address a link was mailed to. The link itself opens a page and changes
//! nothing, so that programs that look into mails do not confirm anything.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{ClientOrigin, Json, Secret},
        problem::Problem,
    },
    tenant::{Tenants, flows::VerifyEmail},
};

/// The link's token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct VerifyEmailInput {
    /// From the mail; works once, for a day.
    token: Secret,
}

/// Confirms the address; a new one counts from here on.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    origin: ClientOrigin,
    Json(VerifyEmailInput { token }): Json<VerifyEmailInput>,
) -> Result<HttpResponse, Problem> {
    tenants.run(VerifyEmail { token: token.0, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
