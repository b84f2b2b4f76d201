//! `GET /healthz`: the process runs. Asks nothing else, so that a slow database never has a process killed.

use actix_web::{HttpResponse, http::header::CACHE_CONTROL};
use serde::Serialize;
use utoipa::ToSchema;

/// How the process feels.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct HealthAnswer {
    /// `ok`.
    status: &'static str,
}

/// It runs.
pub(in crate::http) async fn handle() -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(HealthAnswer { status: "ok" })
}
