//! What every story needs: a server of its own, people who use it, and their authenticators.

pub(crate) mod app;
pub(crate) mod authenticator;
pub(crate) mod cluster;
pub(crate) mod db;
pub(crate) mod eventually;
pub(crate) mod generated;
pub(crate) mod nats;
pub(crate) mod person;
pub(crate) mod pooler;
pub(crate) mod reply;
pub(crate) mod secrets;
pub(crate) mod service;
pub(crate) mod socket;

pub(crate) use app::App;
