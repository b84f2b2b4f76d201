//! `POST /api/invitations/accept`: the invited person joins. Address, company and role come from the invitation.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        auth::login,
        extract::{ClientOrigin, Repeatable, Secret, Visit},
        problem::Problem,
    },
    tenant::{Tenants, flows::AcceptInvitation},
};

/// The mailed token, a name and a password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AcceptInput {
    /// From the mail.
    token: Secret,
    /// The person's name.
    full_name: String,
    /// Their password.
    password: Secret,
}

/// Joins and signs in.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    visit: Visit,
    origin: ClientOrigin,
    Repeatable(AcceptInput { token, full_name, password }, once): Repeatable<AcceptInput>,
) -> Result<HttpResponse, Problem> {
    let (token, password, client, origin) = (token.0, password.0, visit.client, origin.0);
    let step = tenants.run(AcceptInvitation { token, full_name, password, client, origin, once }).await?;
    login::answer(&visit, StatusCode::CREATED, step)
}
