//! The company, who is invited into it, and what happened in it.

use actix_web::web;

use super::{ADMINS, Access, Bucket, EVERYBODY, Endpoint, Handler, ROW, STAFF, Verb};
use crate::{
    domain::{code::Code, company::Change, event::Kind},
    http::{
        audit,
        auth::login,
        company,
        invitations::{accept, get, invite, list, resend, withdraw},
    },
    tenant::flows::{CompanyView, InvitationView},
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        path: "/api/company",
        name: "company.get",
        summary: "Show one's company",
        access: Access::Signed(EVERYBODY),
        handler: Handler::Here(|| web::route().to(company::get)),
        docs: |docs| docs.answer::<CompanyView>(200, "The company").problems(&[Code::NotFound]),
        ..ROW
    },
    Endpoint {
        method: Verb::Patch,
        path: "/api/company",
        name: "company.update",
        summary: "Change the company's name and policy; what is left out stays",
        access: Access::Signed(ADMINS),
        step_up: true,
        audited: &[Kind::CompanyUpdated, Kind::SessionRevoked],
        handler: Handler::Here(|| web::route().to(company::update)),
        docs: |docs| docs.body::<Change>().answer::<CompanyView>(200, "The company").problems(&[Code::NotFound]),
        ..ROW
    },
    Endpoint {
        path: "/api/audit-logs",
        name: "company.audit_logs",
        summary: "List what happened in the company",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(audit::list::handle)),
        docs: |docs| {
            docs.query::<audit::list::AuditQuery>().answer::<audit::list::AuditAnswer>(200, "A part of the log")
        },
        ..ROW
    },
    Endpoint {
        path: "/api/audit-logs/export",
        name: "company.audit_export",
        summary: "Take the log away as a file",
        access: Access::Signed(STAFF),
        audited: &[Kind::AuditExported],
        handler: Handler::Here(|| web::route().to(audit::export::handle)),
        docs: |docs| {
            docs.query::<audit::export::ExportQuery>()
                .documents(&["text/csv", audit::export::NDJSON], "The events, oldest first")
        },
        ..ROW
    },
    Endpoint {
        path: "/api/audit-logs/verify",
        name: "company.audit_verify",
        summary: "Walk the hash chain of the log",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(audit::verify::handle)),
        docs: |docs| docs.answer::<audit::verify::VerifyAnswer>(200, "What the walk found"),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/invitations",
        name: "invitations.create",
        summary: "Invite a person by mail; Managers invite Users only",
        access: Access::Signed(STAFF),
        repeatable: true,
        audited: &[Kind::UserInvited],
        handler: Handler::Here(|| web::route().to(invite::handle)),
        docs: |docs| {
            docs.body::<invite::InviteInput>()
                .answer::<InvitationView>(201, "The invitation; its token goes by mail only")
                .problems(&[Code::Conflict, Code::Forbidden, Code::TooManyAttempts])
        },
        ..ROW
    },
    Endpoint {
        path: "/api/invitations",
        name: "invitations.list",
        summary: "List invitations",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(list::handle)),
        docs: |docs| {
            docs.query::<list::InvitationsQuery>().answer::<list::InvitationsAnswer>(200, "A part of the list")
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/invitations/accept",
        name: "invitations.accept",
        summary: "Join the company with the mailed token",
        bucket: Bucket::Credentials,
        repeatable: true,
        audited: &[Kind::UserJoined],
        handler: Handler::Here(|| web::route().to(accept::handle)),
        docs: |docs| {
            docs.body::<accept::AcceptInput>()
                .answer::<login::LoginAnswer>(201, "Joined and signed in, or a second factor is demanded")
                .problems(&[Code::InvalidLink, Code::LinkUsed, Code::Conflict, Code::Busy])
        },
        ..ROW
    },
    Endpoint {
        path: "/api/invitations/{id}",
        name: "invitations.get",
        summary: "Show an invitation",
        access: Access::Signed(STAFF),
        handler: Handler::Here(|| web::route().to(get::handle)),
        docs: |docs| docs.answer::<InvitationView>(200, "The invitation, never its token"),
        ..ROW
    },
    Endpoint {
        method: Verb::Delete,
        path: "/api/invitations/{id}",
        name: "invitations.withdraw",
        summary: "Take an invitation back",
        access: Access::Signed(STAFF),
        audited: &[Kind::InvitationWithdrawn],
        handler: Handler::Here(|| web::route().to(withdraw::handle)),
        docs: |docs| docs.empty(204, "Withdrawn").problems(&[Code::LinkUsed]),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/invitations/{id}/resend",
        name: "invitations.resend",
        summary: "Mail a new link; the old one is dead",
        access: Access::Signed(STAFF),
        audited: &[Kind::UserInvited],
        handler: Handler::Here(|| web::route().to(resend::handle)),
        docs: |docs| {
            docs.answer::<InvitationView>(200, "The invitation").problems(&[Code::LinkUsed, Code::TooManyAttempts])
        },
        ..ROW
    },
];
