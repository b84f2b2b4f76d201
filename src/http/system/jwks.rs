//! `GET /.well-known/jwks.json`: the public keys of access tokens (RFC 7517).

use actix_web::{HttpResponse, http::header::CACHE_CONTROL, web::Data};

use utoipa::ToSchema;

use crate::http::services::Edge;

/// The public keys of access tokens (RFC 7517).
#[derive(ToSchema)]
#[schema(as = KeySetAnswer)]
#[expect(dead_code, reason = "its fields are read by the document only")]
pub(in crate::http) struct KeySet {
    /// The present key, the next one where it is known already, and old ones whose tokens still count.
    keys: Vec<PublicKey>,
}

/// One public key (RFC 8037).
#[derive(ToSchema)]
#[expect(dead_code, reason = "its fields are read by the document only")]
struct PublicKey {
    /// `OKP`.
    kty: String,
    /// `Ed25519`.
    crv: String,
    /// `EdDSA`.
    alg: String,
    /// `sig`.
    r#use: String,
    /// Which key: the `kid` of the tokens it signed.
    kid: String,
    /// The key itself, base64url.
    x: String,
}

/// The keys. Other services may keep them for five minutes, the time a new key waits before it signs.
pub(in crate::http) async fn handle(edge: Data<Edge>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "public, max-age=300")).json(edge.gate.jwks())
}
