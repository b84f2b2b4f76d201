//! Sign-in and sign-out.

use actix_web::web;

use super::{Access, Bucket, EVERYBODY, Endpoint, Handler, ROW, Verb};
use crate::{
    domain::{code::Code, event::Kind},
    http::auth::{login, logout, reauthenticate, refresh, register, session, tokens, verify_mfa},
};

pub(super) const ROWS: &[Endpoint] =
    &[
        Endpoint {
            method: Verb::Post,
            path: "/api/auth/register",
            name: "auth.register",
            summary: "Register a company and its first Admin",
            bucket: Bucket::Credentials,
            repeatable: true,
            audited: &[Kind::CompanyRegistered],
            handler: Handler::Here(|| web::route().to(register::handle)),
            docs: |docs| {
                docs.body::<register::RegisterInput>()
                    .answer::<register::RegisterAnswer>(201, "The company and its first Admin, signed in")
                    .problems(&[Code::Conflict, Code::TooManyAttempts, Code::Busy])
            },
            ..ROW
        },
        Endpoint {
            method: Verb::Post,
            path: "/api/auth/login",
            name: "auth.login",
            summary: "Sign in with address and password",
            bucket: Bucket::Credentials,
            audited: &[
                Kind::LoginSucceeded,
                Kind::LoginFailed,
                Kind::LoginNewDevice,
                Kind::LoginLocked,
                Kind::LoginAfterFailures,
                Kind::LoginSpraying,
                Kind::SessionMany,
                Kind::SessionRevoked,
            ],
            handler: Handler::Here(|| web::route().to(login::handle)),
            docs: |docs| {
                docs.body::<login::LoginInput>()
                    .answer::<login::LoginAnswer>(200, "Signed in, or the second factor is asked or demanded")
                    .problems(&[Code::InvalidCredentials, Code::TooManyAttempts, Code::Busy])
            },
            ..ROW
        },
        Endpoint {
            method: Verb::Post,
            path: "/api/auth/verify-mfa",
            name: "auth.verify_mfa",
            summary: "Answer the second factor of a sign-in",
            bucket: Bucket::Mfa,
            audited: &[
                Kind::LoginSucceeded,
                Kind::LoginNewDevice,
                Kind::LoginAfterFailures,
                Kind::MfaFailed,
                Kind::MfaLocked,
                Kind::MfaCodeReplayed,
                Kind::BackupCodeUsed,
                Kind::SessionMany,
                Kind::SessionRevoked,
            ],
            handler: Handler::Here(|| web::route().to(verify_mfa::handle)),
            docs: |docs| {
                docs.body::<verify_mfa::VerifyMfaInput>().answer::<tokens::SignedInBody>(200, "Signed in").problems(&[
                    Code::InvalidCode,
                    Code::ChallengeExpired,
                    Code::TooManyAttempts,
                ])
            },
            ..ROW
        },
        Endpoint {
            method: Verb::Post,
            path: "/api/auth/refresh",
            name: "auth.refresh",
            summary: "Exchange the refresh token for new tokens",
            bucket: Bucket::Refresh,
            audited: &[Kind::SessionRefreshed, Kind::RefreshReused, Kind::SessionRevoked],
            handler: Handler::Here(|| web::route().to(refresh::handle)),
            docs: |docs| {
                docs.optional_body::<refresh::RefreshInput>()
                    .answer::<tokens::SignedInBody>(200, "New tokens")
                    .problems(&[Code::InvalidRefreshToken, Code::SessionRevoked, Code::Superseded])
            },
            ..ROW
        },
        Endpoint {
            path: "/api/auth/session",
            name: "auth.session",
            summary: "Say who the access token belongs to",
            access: Access::Signed(EVERYBODY),
            handler: Handler::Here(|| web::route().to(session::handle)),
            docs: |docs| docs.answer::<session::SessionAnswer>(200, "The caller, from the token alone"),
            ..ROW
        },
        Endpoint {
            method: Verb::Post,
            path: "/api/auth/logout",
            name: "auth.logout",
            summary: "End this session, the others, or all of one's own",
            access: Access::Enrolling(EVERYBODY),
            audited: &[Kind::SessionRevoked],
            handler: Handler::Here(|| web::route().to(logout::handle)),
            docs: |docs| docs.optional_body::<logout::LogoutInput>().empty(204, "Ended"),
            ..ROW
        },
        Endpoint {
            method: Verb::Post,
            path: "/api/auth/reauthenticate",
            name: "auth.reauthenticate",
            summary: "Prove again who you are",
            access: Access::Signed(EVERYBODY),
            bucket: Bucket::Credentials,
            audited: &[Kind::SessionReauthenticated, Kind::LoginFailed, Kind::MfaFailed, Kind::MfaCodeReplayed],
            handler: Handler::Here(|| web::route().to(reauthenticate::handle)),
            docs: |docs| {
                docs.body::<reauthenticate::ReauthenticateInput>()
                    .answer::<reauthenticate::ReauthenticatedBody>(200, "A new access token with a new `auth_time`")
                    .problems(&[Code::InvalidCredentials, Code::InvalidCode, Code::TooManyAttempts, Code::Busy])
            },
            ..ROW
        },
    ];
