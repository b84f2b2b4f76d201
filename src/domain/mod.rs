//! The rules of Voxgate, pure: no async, no I/O, no actix, no queries. Time and chance are arguments.
//!
//! Everything above this floor may import it; it imports nothing of the house.

pub mod code;
pub mod event;
pub mod ids;
pub mod principal;
pub mod world;
