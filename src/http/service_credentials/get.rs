//! `GET /api/service-credentials/{id}`: one key, without the key itself.

use actix_web::web::{Data, Json};

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::ServiceCredentialId,
    },
    http::{
        extract::{Caller, PathId},
        problem::Problem,
    },
    tenant::{Tenants, flows::ServiceCredentialView},
};

/// Shows it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    PathId(credential): PathId<ServiceCredentialId>,
) -> Result<Json<ServiceCredentialView>, Problem> {
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { tx.service_credential(credential).await?.ok_or_else(|| Refusal::from(Code::NotFound)) })
    });
    Ok(Json(read.await?.into_inner().into()))
}
