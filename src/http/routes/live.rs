//! The live channel and the figures beside it.

use actix_web::web;

use super::{ADMINS, Access, EVERYBODY, Endpoint, Handler, ROW, STAFF, Verb};
use crate::{
    domain::{code::Code, event::Kind},
    http::{
        desk::{acknowledge, sessions, summary},
        live,
    },
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        method: Verb::Post,
        path: "/api/live/ticket",
        name: "live.ticket",
        summary: "Get a ticket for one live connection",
        access: Access::Signed(EVERYBODY),
        handler: Handler::Here(|| web::route().to(live::handle)),
        docs: |docs| docs.answer::<live::TicketAnswer>(200, "Works once"),
        ..ROW
    },
    Endpoint {
        path: "/api/live",
        name: "live.connect",
        summary: "Watch events over a WebSocket: sub-protocols `voxgate.v1` and `ticket.<ticket>`, or a bearer token",
        access: Access::Ticket,
        handler: Handler::Live,
        docs: |docs| {
            docs.query::<LiveQuery>().empty(101, "Switched to WebSocket").problems(&[
                Code::InvalidTicket,
                Code::Unauthenticated,
                Code::SessionRevoked,
                Code::RightsChanged,
                Code::UpgradeRequired,
            ])
        },
        ..ROW
    },
    Endpoint {
        path: "/api/live/summary",
        name: "live.summary",
        summary: "Count how sign-ins end, where failures come from and who is here",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(summary::handle)),
        docs: |docs| docs.query::<summary::SummaryQuery>().answer::<summary::SummaryAnswer>(200, "The figures"),
        ..ROW
    },
    Endpoint {
        path: "/api/live/sessions",
        name: "live.sessions",
        summary: "List who is signed in, person by person",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(sessions::handle)),
        docs: |docs| docs.answer::<sessions::SignedInAnswer>(200, "Everybody with a live session"),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/live/acknowledgements",
        name: "live.acknowledge",
        summary: "Say of an alert that somebody has dealt with it: it leaves every desk",
        access: Access::Signed(ADMINS),
        audited: &[Kind::AlertAcknowledged],
        handler: Handler::Here(|| web::route().to(acknowledge::handle)),
        docs: |docs| {
            docs.body::<acknowledge::AcknowledgeInput>().empty(204, "Noted in the log").problems(&[Code::NotFound])
        },
        ..ROW
    },
];

/// Where the stream begins.
#[derive(utoipa::IntoParams)]
#[expect(dead_code, reason = "it describes what the live channel reads")]
struct LiveQuery {
    /// The last `seq` the client has seen; what came after is replayed.
    since: Option<i64>,
}
