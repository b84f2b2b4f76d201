//! `GET /api/openapi.json`: the API for programs.

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, web::Data};

use crate::http::services::Edge;

/// The document, made once at start.
pub(in crate::http) async fn handle(edge: Data<Edge>) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "no-cache")).content_type("application/json").body(edge.openapi.clone())
}
