//! `DELETE /api/sessions/{id}`: ends one of one's own sessions.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::SessionId,
    http::{
        extract::{Caller, ClientOrigin, PathId, Visit},
        problem::Problem,
    },
    tenant::{Tenants, flows::RevokeSession},
};

/// Ends it. A browser that ends the session it asks with loses its cookies too.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    visit: Visit,
    origin: ClientOrigin,
    PathId(session): PathId<SessionId>,
) -> Result<HttpResponse, Problem> {
    let (user, own) = (principal.user, principal.session == session);
    tenants.run(RevokeSession { principal, user, session, origin: origin.0 }).await?;
    if own { visit.signed_out() } else { Ok(HttpResponse::NoContent().finish()) }
}
