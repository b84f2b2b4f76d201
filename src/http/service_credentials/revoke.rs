//! `DELETE /api/service-credentials/{id}`: revokes a key, at once and on every node.

use actix_web::{HttpResponse, web::Data};

use crate::{
    domain::ids::ServiceCredentialId,
    http::{
        extract::{Caller, ClientOrigin, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{Keeper, RevokeServiceCredential},
    },
};

/// Revokes it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(credential): PathId<ServiceCredentialId>,
) -> Result<HttpResponse, Problem> {
    let by = Keeper::Admin(Box::new(principal));
    tenants.run(RevokeServiceCredential { by, credential, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
