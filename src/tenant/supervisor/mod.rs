//! One company's supervisor: lanes of commands, live sockets. State and plain functions stand here; its life is in
//! `actor`, what it answers in `handlers`.
//!
//! It never hashes, verifies or awaits the database in a handler, and never holds the only copy of anything: when it is
//! lost, a fresh one goes on from PostgreSQL.

mod actor;
mod handlers;
mod lane;
mod messages;
mod presence;
mod sockets;
#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

pub(super) use messages::{
    Attach, Detach, HasRoom, HeadMoved, LeftElsewhere, Order, ReleaseSockets, Renewed, Revoke, Sequenced, WhoIsHere,
};

use self::{lane::Lanes, presence::Noting};
use super::{
    Directory, Services,
    hub::{Counters, Hub},
    seat::Listening,
};
use crate::domain::ids::CompanyId;

/// The actor of one company on this node.
pub(super) struct Supervisor {
    company: CompanyId,
    generation: u64,
    services: Arc<Services>,
    directory: std::sync::Weak<Directory>,
    listening: Arc<Listening>,
    counters: Arc<Counters>,
    lanes: Lanes,
    hub: Hub,
    noting: Noting,
    last_work: Instant,
}

/// What a supervisor shares with its place in the directory.
pub(super) struct Placed {
    pub(super) generation: u64,
    pub(super) listening: Arc<Listening>,
    pub(super) counters: Arc<Counters>,
    /// Whether one before it was lost, and may have left word of sockets that are gone.
    pub(super) heir: bool,
}

impl Supervisor {
    /// A supervisor that has seen nothing yet.
    pub(super) fn new(
        company: CompanyId,
        services: Arc<Services>,
        directory: std::sync::Weak<Directory>,
        place: Placed,
    ) -> Self {
        let Placed { generation, listening, counters, heir } = place;
        let (lanes, hub) = (Lanes::default(), Hub::new(company, Arc::clone(&counters)));
        let (noting, last_work) = (Noting::new(heir), Instant::now());
        Self { company, generation, services, directory, listening, counters, lanes, hub, noting, last_work }
    }

    /// Whether nothing would be missed if it were put away.
    fn is_idle(&self, after: Duration) -> bool {
        self.lanes.is_empty() && self.hub.sockets() == 0 && !self.noting.is_due() && self.last_work.elapsed() >= after
    }
}
