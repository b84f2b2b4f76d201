//! Getting in, staying in, getting out.

pub(super) mod login;
pub(super) mod logout;
pub(super) mod reauthenticate;
pub(super) mod refresh;
pub(super) mod register;
pub(super) mod session;
pub(super) mod tokens;
pub(super) mod verify_mfa;
