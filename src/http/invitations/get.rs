//! `GET /api/invitations/{id}`: one invitation.

use actix_web::web::{Data, Json};

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::InvitationId,
    },
    http::{
        extract::{Caller, PathId},
        problem::Problem,
    },
    tenant::{Tenants, flows::InvitationView},
};

/// Shows it; never its token.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    PathId(invitation): PathId<InvitationId>,
) -> Result<Json<InvitationView>, Problem> {
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { tx.invitation(invitation).await?.ok_or_else(|| Refusal::from(Code::NotFound)) })
    });
    Ok(Json(read.await?.into_inner().into()))
}
