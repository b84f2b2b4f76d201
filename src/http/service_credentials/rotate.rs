//! `POST /api/service-credentials/{id}/rotate`: a new key; the old one works on for a stated time.

use actix_web::web::{Data, Json};
use serde::Deserialize;
use utoipa::ToSchema;

use super::IssuedAnswer;
use crate::{
    domain::{code::Refusal, ids::ServiceCredentialId, service},
    http::{
        extract::{Caller, ClientOrigin, JsonOrDefault, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{Keeper, RotateServiceCredential},
    },
};

/// How to go over.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RotateInput {
    /// How long the old key works on: 0 to 604800; an hour when left out.
    #[schema(minimum = 0, maximum = 604800)]
    overlap_seconds: Option<u64>,
}

/// Replaces it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(credential): PathId<ServiceCredentialId>,
    JsonOrDefault(RotateInput { overlap_seconds }): JsonOrDefault<RotateInput>,
) -> Result<Json<IssuedAnswer>, Problem> {
    let overlap = service::overlap(overlap_seconds).map_err(Refusal::from)?;
    let by = Keeper::Admin(Box::new(principal));
    let issued = tenants.run(RotateServiceCredential { by, credential, overlap, origin: origin.0 }).await?;
    Ok(Json(issued.into()))
}
