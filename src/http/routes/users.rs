//! People of the company.

use actix_web::web;

use super::{ADMINS, Access, EVERYBODY, Endpoint, Handler, ROW, STAFF, Verb};
use crate::{
    domain::{code::Code, event::Kind},
    http::{
        sessions::{end_of_user, list_of_user, view},
        users::{
            deactivate, erase, force_logout, force_logout_company, get, list, me, my_events, reactivate, reset_mfa,
            update, update_me,
        },
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
        docs: |docs| docs.answer::<me::MeView>(200, "The account").problems(&[Code::NotFound]),
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
        docs: |docs| docs.body::<update_me::UpdateMeInput>().answer::<me::MeView>(200, "The account as it is now"),
        ..ROW
    },
    Endpoint {
        path: "/api/users/me/events",
        name: "users.my_events",
        summary: "List what happened to one's own account",
        access: Access::Signed(EVERYBODY),
        handler: Handler::Here(|| web::route().to(my_events::handle)),
        docs: |docs| {
            docs.query::<my_events::MyEventsQuery>().answer::<my_events::MyEventsAnswer>(200, "A part of the list")
        },
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
        method: Verb::Patch,
        path: "/api/users/{id}",
        name: "users.update",
        summary: "Change a person's name or role; a role counts at once",
        access: Access::Signed(ADMINS),
        audited: &[Kind::UserUpdated, Kind::RoleChanged],
        handler: Handler::Here(|| web::route().to(update::handle)),
        docs: |docs| {
            docs.body::<update::UpdateUserInput>()
                .answer::<UserView>(200, "The account as it is now")
                .problems(&[Code::LastAdmin])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Delete,
        path: "/api/users/{id}",
        name: "users.erase",
        summary: "Erase a person, here and in the audit log; it cannot be undone",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::UserErased],
        handler: Handler::Here(|| web::route().to(erase::handle)),
        docs: |docs| docs.empty(204, "Erased; the person is told by a last mail").problems(&[Code::LastAdmin]),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/users/{id}/deactivate",
        name: "users.deactivate",
        summary: "Switch a person's account off; every session ends at once",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::UserDeactivated],
        handler: Handler::Here(|| web::route().to(deactivate::handle)),
        docs: |docs| docs.answer::<UserView>(200, "The account, deactivated").problems(&[Code::LastAdmin]),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/users/{id}/reactivate",
        name: "users.reactivate",
        summary: "Switch a person's account on again",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::UserReactivated],
        handler: Handler::Here(|| web::route().to(reactivate::handle)),
        docs: |docs| docs.answer::<UserView>(200, "The account, active"),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/users/{id}/mfa/reset",
        name: "users.reset_mfa",
        summary: "Take a person's second factor away; every session ends and the person enrolls again",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::MfaReset],
        handler: Handler::Here(|| web::route().to(reset_mfa::handle)),
        docs: |docs| docs.empty(204, "Removed; the person is told by mail").problems(&[Code::MfaNotEnrolled]),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/company/force-logout",
        name: "company.force_logout",
        summary: "End the sessions of everybody else in the company, or of everybody",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::SessionRevoked],
        handler: Handler::Here(|| web::route().to(force_logout_company::handle)),
        docs: |docs| {
            docs.optional_body::<force_logout_company::CompanyLogoutInput>()
                .answer::<force_logout_company::CompanyLogoutAnswer>(200, "What was ended, and a new access token")
        },
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
