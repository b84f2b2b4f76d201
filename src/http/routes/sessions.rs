//! One's own sessions.

use actix_web::web;

use super::{Access, EVERYBODY, Endpoint, Handler, ROW, Verb};
use crate::{
    domain::event::Kind,
    http::sessions::{end, list, view},
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        path: "/api/sessions",
        name: "sessions.list",
        summary: "List where one is signed in",
        access: Access::Signed(EVERYBODY),
        handler: Handler::Here(|| web::route().to(list::handle)),
        docs: |docs| docs.answer::<view::SessionsAnswer>(200, "One's own live sessions"),
        ..ROW
    },
    Endpoint {
        method: Verb::Delete,
        path: "/api/sessions/{id}",
        name: "sessions.end",
        summary: "End one of one's own sessions",
        access: Access::Signed(EVERYBODY),
        audited: &[Kind::SessionRevoked],
        handler: Handler::Here(|| web::route().to(end::handle)),
        docs: |docs| docs.empty(204, "Ended"),
        ..ROW
    },
];
