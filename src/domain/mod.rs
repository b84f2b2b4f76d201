//! The rules of Voxgate, pure: no async, no I/O, no actix, no queries. Time and chance are arguments.
//!
//! Everything above this floor may import it; it imports nothing of the house. To add a rule: a file here with its
//! facts as a plain struct, its outcome as an enum, and property tests beside it.

pub mod audit;
pub mod code;
pub mod company;
pub mod csv;
pub mod desk;
pub mod device;
pub mod email;
pub mod enroll;
pub mod event;
pub mod factor;
pub mod idempotency;
pub mod ids;
pub mod lockout;
pub mod login;
pub mod names;
pub mod one_time;
pub mod page;
pub mod password;
pub mod people;
pub mod policy;
pub mod principal;
pub mod refresh;
pub mod revocation;
pub mod service;
pub mod session;
pub mod slug;
pub mod world;

#[cfg(test)]
pub(crate) mod sample;
