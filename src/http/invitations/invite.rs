//! `POST /api/invitations`: invites a person by mail. Managers may invite Users only.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::principal::Role,
    http::{
        extract::{Caller, ClientOrigin, Repeatable},
        problem::Problem,
    },
    tenant::{Tenants, flows::Invite},
};

/// Whom, and as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct InviteInput {
    /// The address; the invitation is bound to it.
    #[schema(example = "new@techcorp.com")]
    email: String,
    /// The role the person will have.
    role: Role,
}

/// Invites.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Repeatable(InviteInput { email, role }, once): Repeatable<InviteInput>,
) -> Result<HttpResponse, Problem> {
    let invitation = tenants.run(Invite { principal, email, role, origin: origin.0, once }).await?;
    Ok(HttpResponse::Created().json(invitation))
}
