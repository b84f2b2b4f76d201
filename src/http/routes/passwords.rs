//! Passwords and addresses.

use actix_web::web;

use super::{Access, Bucket, EVERYBODY, Endpoint, Handler, ROW, Verb};
use crate::{
    domain::{code::Code, event::Kind},
    http::{
        auth::{change_password, forgot_password, resend_verification, reset_password, verify_email},
        users::change_email,
    },
};

pub(super) const ROWS: &[Endpoint] = &[
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/password/change",
        name: "auth.change_password",
        summary: "Change one's password; one's other sessions end",
        access: Access::Signed(EVERYBODY),
        bucket: Bucket::Credentials,
        audited: &[Kind::PasswordChanged, Kind::LoginFailed],
        handler: Handler::Here(|| web::route().to(change_password::handle)),
        docs: |docs| {
            docs.body::<change_password::ChangePasswordInput>().empty(204, "Changed").problems(&[
                Code::InvalidCredentials,
                Code::Conflict,
                Code::TooManyAttempts,
                Code::Busy,
            ])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/password/forgot",
        name: "auth.forgot_password",
        summary: "Ask for a link to set a new password; every address is answered alike",
        bucket: Bucket::Credentials,
        audited: &[Kind::PasswordResetRequested],
        handler: Handler::Here(|| web::route().to(forgot_password::handle)),
        docs: |docs| {
            docs.body::<forgot_password::ForgotPasswordInput>()
                .empty(202, "If there is such an account, a link was mailed; at most three in a quarter of an hour")
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/password/reset",
        name: "auth.reset_password",
        summary: "Set a new password by the mailed link; every session ends and nobody is signed in",
        bucket: Bucket::Credentials,
        audited: &[Kind::PasswordReset],
        handler: Handler::Here(|| web::route().to(reset_password::handle)),
        docs: |docs| {
            docs.body::<reset_password::ResetPasswordInput>().empty(204, "Set; sign in with it").problems(&[
                Code::InvalidLink,
                Code::TooManyAttempts,
                Code::Busy,
            ])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/email/verify",
        name: "auth.verify_email",
        summary: "Confirm the address a link was mailed to",
        bucket: Bucket::Credentials,
        audited: &[Kind::EmailConfirmed, Kind::EmailChanged],
        handler: Handler::Here(|| web::route().to(verify_email::handle)),
        docs: |docs| {
            docs.body::<verify_email::VerifyEmailInput>()
                .empty(204, "Confirmed; a new address counts from now on")
                .problems(&[Code::InvalidLink, Code::Conflict])
        },
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/auth/email/verify/resend",
        name: "auth.resend_verification",
        summary: "Mail the link for one's own address again",
        access: Access::Signed(EVERYBODY),
        handler: Handler::Here(|| web::route().to(resend_verification::handle)),
        docs: |docs| docs.empty(202, "Mailed, unless it is confirmed already").problems(&[Code::TooManyAttempts]),
        ..ROW
    },
    Endpoint {
        method: Verb::Post,
        path: "/api/users/me/email",
        name: "users.change_my_email",
        summary: "Ask for another address; it counts once the mail to it was answered",
        access: Access::Signed(EVERYBODY),
        step_up: true,
        bucket: Bucket::Credentials,
        audited: &[Kind::EmailChangeRequested, Kind::LoginFailed],
        handler: Handler::Here(|| web::route().to(change_email::handle)),
        docs: |docs| {
            docs.body::<change_email::ChangeEmailInput>()
                .empty(202, "A link was mailed to the new address, a notice to the present one")
                .problems(&[Code::InvalidCredentials, Code::TooManyAttempts, Code::Busy])
        },
        ..ROW
    },
];
