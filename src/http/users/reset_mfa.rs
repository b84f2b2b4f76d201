//! `POST /api/users/{id}/mfa/reset`: takes a person's second factor away.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::UserId,
    http::{
        extract::{Caller, ClientOrigin, PathId},
        problem::Problem,
    },
    tenant::{Tenants, flows::ResetMfa},
};

/// Removes factor and backup codes.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(user): PathId<UserId>,
) -> Result<HttpResponse, Problem> {
    tenants.run(ResetMfa { principal, user, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
