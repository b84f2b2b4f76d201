//! `GET /api/users/{id}`: one person of the company.

use actix_web::web::{Data, Json};

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::UserId,
        principal::Principal,
    },
    http::{
        extract::{Caller, PathId},
        problem::Problem,
    },
    tenant::{Tenants, flows::UserView},
};

/// Shows a person.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    PathId(user): PathId<UserId>,
) -> Result<Json<UserView>, Problem> {
    account(&tenants, &principal, user).await.map(Json)
}

/// An account of the caller's company; `not_found` covers every other id alike.
pub(super) async fn account(tenants: &Tenants, caller: &Principal, user: UserId) -> Result<UserView, Problem> {
    let read = tenants.store().in_tenant(caller.company, move |tx| {
        Box::pin(async move { tx.user(user).await?.ok_or_else(|| Refusal::from(Code::NotFound)) })
    });
    Ok(read.await?.into_inner().into())
}
