//! `GET /api/company`: the caller's company.

use actix_web::web::{Data, Json};

use super::{extract::Caller, problem::Problem};
use crate::{
    domain::code::{Code, Refusal},
    tenant::{Tenants, flows::CompanyView},
};

/// Shows it.
pub(super) async fn handle(tenants: Data<Tenants>, Caller(principal): Caller) -> Result<Json<CompanyView>, Problem> {
    let read = tenants.store().in_tenant(principal.company, |tx| {
        Box::pin(async move { tx.company().await?.ok_or_else(|| Refusal::from(Code::NotFound)) })
    });
    Ok(Json(read.await?.into_inner().into()))
}
