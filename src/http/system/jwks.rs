//! `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517).

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, web::Data};

use crate::http::services::Edge;

/// The keys. Other services may keep them for five minutes, the time a new key waits before it signs.
pub(in crate::http) async fn handle(edge: Data<Edge>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(edge.gate.jwks())
}
