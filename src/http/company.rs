//! `GET` and `PATCH /api/company`: the caller's company and its policy.

use actix_web::web::{Data, Json as Body};

use super::{
    extract::{Caller, ClientOrigin, Json},
    problem::Problem,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        company::Change,
    },
    tenant::{
        Tenants,
        flows::{CompanyView, UpdateCompany},
    },
};

/// Shows it.
pub(super) async fn get(tenants: Data<Tenants>, Caller(principal): Caller) -> Result<Body<CompanyView>, Problem> {
    let read = tenants.store().in_tenant(principal.company, |tx| {
        Box::pin(async move { tx.company().await?.ok_or_else(|| Refusal::from(Code::NotFound)) })
    });
    Ok(Body(read.await?.into_inner().into()))
}

/// Changes name and policy.
pub(super) async fn update(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Json(change): Json<Change>,
) -> Result<Body<CompanyView>, Problem> {
    Ok(Body(tenants.run(UpdateCompany { principal, change, origin: origin.0 }).await?))
}
