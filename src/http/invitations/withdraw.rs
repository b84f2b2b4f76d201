//! `DELETE /api/invitations/{id}`: takes an invitation back.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::InvitationId,
    http::{
        extract::{Caller, ClientOrigin, PathId},
        problem::Problem,
    },
    tenant::{Tenants, flows::WithdrawInvitation},
};

/// Withdraws it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(invitation): PathId<InvitationId>,
) -> Result<HttpResponse, Problem> {
    tenants.run(WithdrawInvitation { principal, invitation, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
