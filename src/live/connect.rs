//! `GET /api/live`: everything that is decided before the connection becomes a WebSocket. Whoever is refused gets an ordinary
//! answer and no upgrade; a ticket is spent only when all else is right.

use actix_web::{HttpRequest, HttpResponse, web::Payload};

use super::{
    Live,
    request::{self, Credential},
    socket,
};
use crate::domain::code::{Code, Refusal};

/// Lets a client in, or says why not. The caller turns the refusal into its problem answer.
pub async fn connect(request: &HttpRequest, payload: Payload, live: &Live) -> Result<HttpResponse, Refusal> {
    let since = request::since(request.uri())?;
    actix_http::ws::verify_handshake(request.head()).map_err(|_| Code::UpgradeRequired)?;
    let principal = match request::credential(request.headers(), &live.settings.origins)? {
        Credential::Ticket(ticket) => live.backend.redeem(ticket).await?,
        Credential::Bearer(token) => live.backend.admit(token).await?,
    };
    live.backend.make_room(principal.clone()).await?;
    socket::start(live.clone(), principal, since, request, payload)
}
