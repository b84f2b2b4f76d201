//! `POST /api/live/acknowledgements`: an alert is dealt with, for the whole team.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{Caller, ClientOrigin, Json},
        problem::Problem,
    },
    tenant::{Tenants, flows::AcknowledgeAlert},
};

/// Which alert.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AcknowledgeInput {
    /// The number of the event in the log; of several alike the newest.
    #[schema(minimum = 1)]
    seq: i64,
}

/// Notes it.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Json(AcknowledgeInput { seq }): Json<AcknowledgeInput>,
) -> Result<HttpResponse, Problem> {
    tenants.run(AcknowledgeAlert { principal, seq, origin: origin.0 }).await?;
    Ok(HttpResponse::NoContent().finish())
}
