//! `POST /api/service-credentials`: makes a key and shows it once.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::IssuedAnswer;
use crate::{
    domain::{
        code::Refusal,
        service::{Scope, Wish},
    },
    http::{
        extract::{Caller, ClientOrigin, Repeatable},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{CreateServiceCredential, Keeper},
    },
};

/// What the key is for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CredentialInput {
    /// What the service is called.
    #[schema(example = "Media edge", max_length = 100)]
    name: String,
    /// What the key opens.
    #[schema(min_items = 1)]
    scopes: Vec<Scope>,
    /// 1 to 3650; without it the key has no end.
    #[schema(minimum = 1, maximum = 3650)]
    expires_in_days: Option<u32>,
}

/// Makes it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Repeatable(CredentialInput { name, scopes, expires_in_days }, once): Repeatable<CredentialInput>,
) -> Result<HttpResponse, Problem> {
    let wish = Wish::check(&name, &scopes, expires_in_days).map_err(Refusal::fields)?;
    let by = Keeper::Admin(Box::new(principal));
    let issued = tenants.run(CreateServiceCredential { by, wish, origin: origin.0, once }).await?;
    Ok(HttpResponse::Created().json(IssuedAnswer::from(issued)))
}
