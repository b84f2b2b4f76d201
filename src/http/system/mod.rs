//! Pages and probes around the API.

pub(super) mod dev_mail;
pub(super) mod docs;
pub(super) mod errors;
pub(super) mod health;
pub(super) mod home;
pub(super) mod jwks;
pub(super) mod openapi;
pub(super) mod page;
pub(super) mod ready;
