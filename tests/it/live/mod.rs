//! The live channel over real sockets against the real server.

mod crowd;
mod endings;
mod isolation;
pub(crate) mod outside;
mod renewal;
mod resume;
mod slow;
mod stream;
mod ticket;
