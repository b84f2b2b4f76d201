//! People of the company.

use actix_web::web;

use super::{ADMINS, Access, EVERYBODY, Endpoint, Handler, ROW, STAFF, Verb};
use crate::{
    domain::{code::Code, event::Kind},
    http::{
        sessions::{end_of_user, list_of_user, view},
        users::{force_logout, get, list, me, update_me},
    },
    tenant::flows::UserView,
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        path: "/api/users/me",
        name: "users.me",
        summary: "Show one's own account",
        access: Access::Signed(EVERYBODY),
        handler: Handler::Here(|| web::route().to(me::handle)),
        docs: |docs| docs.answer::<UserView>(200, "The account").problems(&[Code::NotFound]),
        ..ROW
    },
    Endpoint {
        method: Verb::Put,
        path: "/api/users/me",
        name: "users.update_me",
        summary: "Change one's own profile",
        access: Access::Signed(EVERYBODY),
        audited: &[Kind::UserUpdated],
        handler: Handler::Here(|| web::route().to(update_me::handle)),
        docs: |docs| docs.body::<update_me::UpdateMeInput>().answer::<UserView>(200, "The account as it is now"),
        ..ROW
    },
    Endpoint {
        path: "/api/users",
        aliases: &["/api/users/"],
        name: "users.list",
        summary: "List the company's people",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(list::handle)),
        docs: |docs| docs.query::<list::UsersQuery>().answer::<list::UsersAnswer>(200, "A part of the list"),
        ..ROW
    },
    Endpoint {
        path: "/api/users/{id}",
        name: "users.get",
        summary: "Show a person",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(get::handle)),
        docs: |docs| docs.answer::<UserView>(200, "The account"),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/users/{id}/force-logout",
        name: "users.force_logout",
        summary: "End every session of a person, now",
        access: Access::Signed(ADMINS),
        audited: &[Kind::SessionRevoked],
        handler: Handler::Here(|| web::route().to(force_logout::handle)),
        docs: |docs| {
            docs.optional_body::<force_logout::ForceLogoutInput>()
                .answer::<force_logout::ForceLogoutAnswer>(200, "What was ended")
        },
        ..ROW
    },
    Endpoint {
        path: "/api/users/{id}/sessions",
        name: "users.sessions",
        summary: "List where a person is signed in",
        access: Access::Signed(ADMINS),
        handler: Handler::Here(|| web::route().to(list_of_user::handle)),
        docs: |docs| docs.answer::<view::SessionsAnswer>(200, "Their live sessions"),
        ..ROW
    },
    Endpoint {
        method: Verb::Delete,
        path: "/api/users/{id}/sessions/{sid}",
        name: "users.end_session",
        summary: "End one session of a person",
        access: Access::Signed(ADMINS),
        audited: &[Kind::SessionRevoked],
        handler: Handler::Here(|| web::route().to(end_of_user::handle)),
        docs: |docs| docs.empty(204, "Ended"),
        ..ROW
    },
];
