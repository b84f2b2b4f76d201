//! `GET /readyz`: whether this node may take traffic.

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    domain::code::{Code, FieldError, Refusal},
    http::{
        problem::Problem,
        services::{Edge, Readiness},
    },
};

/// The node may take traffic.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ReadyAnswer {
    /// `ready`.
    status: &'static str,
    /// What does not work and keeps nobody away, such as the bus between nodes. Absent while all is well.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    degraded: Vec<String>,
}

/// Ready, or what it still waits for.
pub(in crate::http) async fn handle(edge: Data<Edge>) -> Result<HttpResponse, Problem> {
    let Readiness { waiting, degraded } = (edge.ready)();
    if waiting.is_empty() {
        let answer = ReadyAnswer { status: "ready", degraded };
        return Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(answer));
    }
    let fields = waiting.into_iter().map(|what| FieldError::new("", "not_ready", what)).collect();
    Err(Refusal { fields, ..Code::Unavailable.into() }.into())
}
