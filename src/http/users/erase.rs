//! `DELETE /api/users/{id}`: erases a person, here and in the audit log. It cannot be undone.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::UserId,
    http::{
        extract::{Caller, ClientOrigin, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{EraseUser, Eraser},
    },
};

/// Erases.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(user): PathId<UserId>,
) -> Result<HttpResponse, Problem> {
    tenants.run(EraseUser { by: Eraser::Admin(Box::new(principal)), user, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
