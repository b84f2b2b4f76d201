//! `POST /api/live/ticket`: a ticket for one live connection, because browsers cannot send a token with a WebSocket.

use actix_web::{HttpResponse, web::Data};
use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    extract::{Caller, ClientOrigin},
    problem::Problem,
};
use crate::tenant::{Tenants, flows::IssueTicket};

/// The ticket.
#[derive(Serialize, ToSchema)]
pub(super) struct TicketAnswer {
    /// Sent as the WebSocket sub-protocol `ticket.<ticket>`; works once.
    ticket: String,
    /// Its life.
    expires_in_seconds: u64,
}

/// Issues one.
pub(super) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
) -> Result<HttpResponse, Problem> {
    let issued = tenants.run(IssueTicket { principal, origin: origin.0 }).await?;
    let (ticket, expires_in_seconds) = (issued.ticket.expose_secret().to_owned(), issued.expires_in_seconds);
    Ok(HttpResponse::Ok().json(TicketAnswer { ticket, expires_in_seconds }))
}
