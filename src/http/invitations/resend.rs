//! `POST /api/invitations/{id}/resend`: a new link by mail; the old one is dead.

use actix_web::web::{Data, Json};

use crate::{
    domain::ids::InvitationId,
    http::{
        extract::{Caller, ClientOrigin, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{InvitationView, ResendInvitation},
    },
};

/// Sends it again.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(invitation): PathId<InvitationId>,
) -> Result<Json<InvitationView>, Problem> {
    Ok(Json(tenants.run(ResendInvitation { principal, invitation, origin: origin.0 }).await?))
}
