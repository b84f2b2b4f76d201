//! Breaks what a Voxgate installation stands on while people use it, and then looks for what was lost.
//!
//! ```text
//! site      private PostgreSQL, mailbox, real server processes; every node reaches the database through its own
//!  └► proxy   … TCP link that can be cut, slowed, stalled or made deaf, from within this process
//! people    journeys of companies over HTTP, one after the other, on both nodes
//!  └► record  … what was acknowledged, what was spent, what was thrown out
//! faults    what goes wrong meanwhile, one story each
//! promises  I1 to I10, asked of the database and of the record when everything is whole again
//! ```
//!
//! `docs/faults.md` explains the runs. To add a fault: a variant in [`faults::Fault`] and its story.

pub mod failure;
pub mod faults;
pub mod people;
pub mod promises;
pub mod proxy;
pub mod record;
pub mod run;
pub mod signals;
pub mod site;
mod time_code;
mod watch;
