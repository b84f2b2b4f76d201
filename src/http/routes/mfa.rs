//! One's own second factor.

use actix_web::web;

use super::{Access, Bucket, EVERYBODY, Endpoint, Handler, ROW, Verb};
use crate::{
    domain::{code::Code, event::Kind},
    http::mfa::{backup_codes, disable, enable, regenerate_codes, setup},
    tenant::flows::BackupCodesView,
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/mfa/setup",
        name: "mfa.setup",
        summary: "Begin to set a second factor up",
        access: Access::Enrolling(EVERYBODY),
        step_up: true,
        handler: Handler::Here(|| web::route().to(setup::handle)),
        docs: |docs| docs.answer::<setup::SetupAnswer>(200, "A fresh secret that waits for its first code"),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/mfa/enable",
        name: "mfa.enable",
        summary: "Confirm the waiting set-up with its first code",
        access: Access::Enrolling(EVERYBODY),
        bucket: Bucket::Mfa,
        audited: &[
            Kind::MfaEnrolled,
            Kind::LoginSucceeded,
            Kind::LoginNewDevice,
            Kind::MfaFailed,
            Kind::MfaLocked,
            Kind::SessionMany,
        ],
        handler: Handler::Here(|| web::route().to(enable::handle)),
        docs: |docs| {
            docs.body::<enable::EnableInput>()
                .answer::<enable::EnableAnswer>(200, "The second factor counts; the other sessions ended")
                .problems(&[Code::InvalidCode, Code::EnrollmentNotStarted, Code::TooManyAttempts])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/mfa/disable",
        name: "mfa.disable",
        summary: "Remove the second factor",
        access: Access::Signed(EVERYBODY),
        step_up: true,
        bucket: Bucket::Credentials,
        audited: &[Kind::MfaDisabled, Kind::LoginFailed, Kind::MfaFailed, Kind::MfaCodeReplayed],
        handler: Handler::Here(|| web::route().to(disable::handle)),
        docs: |docs| {
            docs.body::<disable::DisableInput>().empty(204, "Removed").problems(&[
                Code::InvalidCredentials,
                Code::InvalidCode,
                Code::MfaNotEnrolled,
                Code::MfaDemanded,
                Code::TooManyAttempts,
                Code::Busy,
            ])
        },
        ..ROW
    },
    Endpoint {
        path: "/api/auth/mfa/backup-codes",
        name: "mfa.backup_codes",
        summary: "Show one's backup codes",
        access: Access::Signed(EVERYBODY),
        step_up: true,
        audited: &[Kind::BackupCodesViewed],
        handler: Handler::Here(|| web::route().to(backup_codes::handle)),
        docs: |docs| {
            docs.answer::<BackupCodesView>(200, "The codes, spent ones marked").problems(&[Code::MfaNotEnrolled])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/mfa/backup-codes/regenerate",
        name: "mfa.regenerate_backup_codes",
        summary: "Replace the backup codes; all old ones are dead",
        access: Access::Signed(EVERYBODY),
        step_up: true,
        audited: &[Kind::BackupCodesRegenerated],
        handler: Handler::Here(|| web::route().to(regenerate_codes::handle)),
        docs: |docs| {
            docs.answer::<regenerate_codes::NewCodesAnswer>(200, "Eight new ones").problems(&[Code::MfaNotEnrolled])
        },
        ..ROW
    },
];
