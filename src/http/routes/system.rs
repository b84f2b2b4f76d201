//! Pages, probes, keys.

use actix_web::web;

use super::{Bucket, Endpoint, Handler, ROW};
use crate::{
    domain::code::Code,
    http::system::{dev_mail, docs, errors, health, home, jwks, openapi, ready},
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        path: "/",
        name: "system.home",
        summary: "Say what this server is",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(home::handle)),
        docs: |docs| docs.document("text/html", "The page"),
        ..ROW
    },
    Endpoint {
        path: "/assets/voxgate.css",
        name: "system.style",
        summary: "The style sheet of the plain pages",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(home::style)),
        docs: |docs| docs.document("text/css", "The style sheet"),
        ..ROW
    },
    Endpoint {
        path: "/assets/mark.svg",
        name: "system.mark",
        summary: "The mark of the plain pages",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(home::mark)),
        docs: |docs| docs.document("image/svg+xml", "The mark"),
        ..ROW
    },
    Endpoint {
        path: "/healthz",
        name: "system.health",
        summary: "Say that the process runs",
        bucket: Bucket::Free,
        handler: Handler::Here(|| web::route().to(health::handle)),
        docs: |docs| docs.answer::<health::HealthAnswer>(200, "It runs"),
        ..ROW
    },
    Endpoint {
        path: "/readyz",
        name: "system.ready",
        summary: "Say whether this node may take traffic",
        bucket: Bucket::Free,
        handler: Handler::Here(|| web::route().to(ready::handle)),
        docs: |docs| docs.answer::<ready::ReadyAnswer>(200, "It may"),
        ..ROW
    },
    Endpoint {
        path: "/.well-known/jwks.json",
        name: "system.jwks",
        summary: "The public keys of access tokens (RFC 7517)",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(jwks::handle)),
        docs: |docs| docs.answer::<jwks::KeySet>(200, "The keys"),
        ..ROW
    },
    Endpoint {
        path: "/api/openapi.json",
        name: "system.openapi",
        summary: "This document",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(openapi::handle)),
        docs: |docs| docs.object("OpenAPI 3.1"),
        ..ROW
    },
    Endpoint {
        path: "/docs",
        aliases: &["/docs/"],
        name: "system.docs",
        summary: "The API, to read and to try",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(docs::handle)),
        docs: |docs| docs.document("text/html", "The page"),
        ..ROW
    },
    Endpoint {
        path: "/docs/errors",
        name: "system.errors",
        summary: "What each error code means",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(errors::handle)),
        docs: |docs| docs.document("text/html", "The page"),
        ..ROW
    },
    Endpoint {
        path: "/docs/{file}",
        name: "system.docs_file",
        summary: "A file of the API pages",
        bucket: Bucket::Public,
        handler: Handler::Here(|| web::route().to(docs::asset)),
        docs: |docs| docs.document("application/octet-stream", "The file"),
        ..ROW
    },
];

/// Only where a development mailbox is.
pub(super) const DEV_ROWS: &[Endpoint] = &[
    Endpoint {
        path: "/dev/mail",
        name: "dev.mail",
        summary: "The mails of the development server, to read",
        bucket: Bucket::Free,
        handler: Handler::Here(|| web::route().to(dev_mail::page)),
        docs: |docs| docs.document("text/html", "The page"),
        ..ROW
    },
    Endpoint {
        path: "/dev/mail.json",
        name: "dev.mail_json",
        summary: "The mails of the development server, for programs",
        bucket: Bucket::Free,
        handler: Handler::Here(|| web::route().to(dev_mail::json)),
        docs: |docs| {
            docs.query::<dev_mail::MailQuery>()
                .answer::<dev_mail::MailAnswer>(200, "The mails")
                .problems(&[Code::InvalidQuery])
        },
        ..ROW
    },
];
