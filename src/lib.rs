//! Voxgate: a multi-tenant authentication server with multi-factor authentication, a live audit stream and
//! real-time force logout. `docs/architecture.md` shows the floors of this house and the way of one sign-in through it.

pub mod app;
pub mod bus;
pub mod cli;
pub mod config;
pub mod crypto;
pub mod dev;
pub mod domain;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
pub mod http;
pub mod lifecycle;
pub mod live;
pub mod mail;
pub mod nodes;
pub mod signals;
pub mod store;
pub mod stream;
pub mod telemetry;
pub mod tenant;
