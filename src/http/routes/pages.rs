//! The web app.

use actix_web::web;

use super::{Bucket, Endpoint, Handler, ROW};
use crate::http::web::pages;

/// A page or file of the web app.
const PAGE: Endpoint = Endpoint {
    bucket: Bucket::Public,
    handler: Handler::Here(|| web::route().to(pages::app)),
    docs: |docs| docs.document("text/html", "The page"),
    ..ROW
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        path: "/login",
        aliases: &[
            "/login/{step}",
            "/register",
            "/forgot",
            "/reset",
            "/reset/{token}",
            "/invite",
            "/invite/{token}",
            "/confirm",
            "/confirm/{token}",
            "/verify",
            "/verify/{token}",
        ],
        name: "web.door",
        summary: "The pages for people who are not signed in",
        ..PAGE
    },
    Endpoint {
        path: "/app",
        aliases: &[
            "/app/",
            "/app/{area}",
            "/app/{area}/{a}",
            "/app/{area}/{a}/{b}",
            "/app/{area}/{a}/{b}/{c}",
            "/security",
        ],
        name: "web.app",
        summary: "The pages for people who are signed in",
        ..PAGE
    },
    Endpoint {
        path: "/assets/{file}",
        name: "web.asset",
        summary: "A file of the web app; its name changes with its content",
        handler: Handler::Here(|| web::route().to(pages::asset)),
        docs: |docs| docs.document("application/octet-stream", "The file"),
        ..PAGE
    },
    Endpoint {
        path: "/theme.js",
        aliases: &["/favicon.svg", "/robots.txt"],
        name: "web.file",
        summary: "Files of the web app that keep their names",
        handler: Handler::Here(|| web::route().to(pages::root_file)),
        docs: |docs| docs.document("text/javascript", "The file"),
        ..PAGE
    },
    Endpoint {
        path: "/.well-known/change-password",
        name: "web.change_password",
        summary: "Lead password managers to where a password is changed",
        handler: Handler::Here(|| web::route().to(pages::change_password)),
        docs: |docs| docs.empty(302, "There"),
        ..PAGE
    },
];
