//! Breaks what a Voxgate installation stands on while people use it, and then looks for what was lost.
//!
//! ```text
//! site      private PostgreSQL, mailbox, NATS, PgBouncer, real server processes; every node reaches database and bus through
//!  ├► node     links of its own
//!  └► proxy    … that can be cut, slowed, stalled, made deaf, or lose whole messages, from within this process
//! people    journeys of companies over HTTP, one after the other, on all nodes
//!  ├► desk     … and those who watch their log all the while
//!  └► record   … what was acknowledged, what was spent, what was thrown out, what was seen
//! faults    what can go wrong meanwhile;  stories: how it is made
//! promises  I1 to I10, asked of the database and of the record when everything is whole again
//! ```
//!
//! `docs/faults.md` explains the runs. To add a fault: a variant in [`faults::Fault`] and its story in `stories.rs`.

pub mod crowd;
mod desk;
pub mod disk;
pub mod failure;
pub mod faults;
pub mod helpers;
pub mod messages;
pub mod node;
pub mod people;
pub mod plan;
pub mod promises;
pub mod proxy;
pub mod record;
pub mod run;
pub mod signals;
pub mod site;
mod stories;
pub mod summary;
mod time_code;
pub mod watch;
