//! `DELETE /api/users/{id}/sessions/{sid}`: ends one session of a person.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::{SessionId, UserId},
    http::{
        extract::{Caller, ClientOrigin, PathIds},
        problem::Problem,
    },
    tenant::{Tenants, flows::RevokeSession},
};

/// Ends it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathIds(user, session): PathIds<UserId, SessionId>,
) -> Result<HttpResponse, Problem> {
    tenants.run(RevokeSession { principal, user, session, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
