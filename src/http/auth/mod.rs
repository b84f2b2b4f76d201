//! Getting in, staying in, getting out.

pub(super) mod change_password;
pub(super) mod forgot_password;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod reauthenticate;
pub(super) mod refresh;
pub(super) mod register;
pub(super) mod resend_verification;
pub(super) mod reset_password;
pub(super) mod session;
pub(super) mod tokens;
pub(super) mod verify_email;
pub(super) mod verify_mfa;
