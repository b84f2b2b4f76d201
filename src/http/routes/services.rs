//! Services that verify tokens: their keys, which Admins keep, and what the keys open.

use actix_web::web;

use super::{ADMINS, Access, Bucket, Endpoint, Handler, ROW, Verb};
use crate::{
    domain::{code::Code, event::Kind, service::Scope},
    http::{
        audit::export::NDJSON,
        service_credentials::{IssuedAnswer, create, get, list, revoke, rotate},
        verification::{introspect, revocations},
    },
    tenant::{Line, flows::ServiceCredentialView},
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        method: Verb::Post,
        path: "/api/service-credentials",
        name: "service_credentials.create",
        summary: "Make a key for a service; it is shown this once",
        access: Access::Signed(ADMINS),
        step_up: true,
        repeatable: true,
        audited: &[Kind::ServiceCredentialCreated],
        handler: Handler::Here(|| web::route().to(create::handle)),
        docs: |docs| {
            docs.body::<create::CredentialInput>()
                .answer::<IssuedAnswer>(201, "The key")
                .problems(&[Code::Conflict, Code::Forbidden])
        },
        ..ROW
    },
    Endpoint {
        path: "/api/service-credentials",
        name: "service_credentials.list",
        summary: "List the keys of services, never the keys themselves",
        access: Access::Signed(ADMINS),
        handler: Handler::Here(|| web::route().to(list::handle)),
        docs: |docs| {
            docs.query::<list::CredentialsQuery>().answer::<list::CredentialsAnswer>(200, "A part of the list")
        },
        ..ROW
    },
    Endpoint {
        path: "/api/service-credentials/{id}",
        name: "service_credentials.get",
        summary: "Show a key of a service, never the key itself",
        access: Access::Signed(ADMINS),
        handler: Handler::Here(|| web::route().to(get::handle)),
        docs: |docs| docs.answer::<ServiceCredentialView>(200, "The credential"),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/service-credentials/{id}/rotate",
        name: "service_credentials.rotate",
        summary: "Replace a key; the old one works on for a stated time",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::ServiceCredentialRotated],
        handler: Handler::Here(|| web::route().to(rotate::handle)),
        docs: |docs| {
            docs.optional_body::<rotate::RotateInput>()
                .answer::<IssuedAnswer>(200, "The new key, shown this once")
                .problems(&[Code::CredentialEnded, Code::Forbidden])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Delete,
        path: "/api/service-credentials/{id}",
        name: "service_credentials.revoke",
        summary: "Revoke a key, at once and on every node",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::ServiceCredentialRevoked],
        handler: Handler::Here(|| web::route().to(revoke::handle)),
        docs: |docs| docs.empty(204, "Revoked").problems(&[Code::CredentialEnded, Code::Forbidden]),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/introspect",
        name: "services.introspect",
        summary: "Say whether an access token is good now (RFC 7662)",
        access: Access::Service(Scope::Introspect),
        bucket: Bucket::Service,
        body_limit: 16 * 1024,
        handler: Handler::Here(|| web::route().to(introspect::handle)),
        docs: |docs| {
            docs.form::<introspect::IntrospectInput>()
                .answer::<introspect::Introspection>(200, "What the token says, or `active: false`")
        },
        ..ROW
    },
    Endpoint {
        path: "/api/revocations/stream",
        name: "services.follow_revocations",
        summary: "Tell what is revoked, for as long as the caller listens",
        access: Access::Service(Scope::ReadRevocations),
        bucket: Bucket::Service,
        handler: Handler::Here(|| web::route().to(revocations::handle)),
        docs: |docs| {
            docs.query::<revocations::StreamQuery>()
                .lines::<Line>(NDJSON, "One object a line: `begin`, `keys`, `revocation`, `heartbeat`")
        },
        ..ROW
    },
];
