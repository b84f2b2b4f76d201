//! Saying once a second that this node lives, and hearing who else does.

use std::{
    sync::{PoisonError, atomic::Ordering},
    time::Duration,
};

use super::Nodes;
use crate::{
    bus::State,
    domain::revocation::Lease,
    store::{NodeBeat, StoreError, Surroundings},
};

/// How often a node says that it lives.
pub const BEAT_EVERY: Duration = Duration::from_secs(1);
/// A node that was not seen for so long does not count. It is the lease on its revocations: by then it lets nobody in
/// without asking the database.
pub const LIVES_FOR: Duration = Lease::LENGTH;

impl Nodes {
    /// Says it once, and looks around.
    pub(super) async fn beat(&self, address: &str) -> Result<(), StoreError> {
        let bus_trouble = match self.bus() {
            State::Connected => String::new(),
            State::Degraded(why) => why,
        };
        let beat = NodeBeat {
            id: self.id(),
            address: address.to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            draining: self.is_draining(),
            bus_trouble,
            revocations_cursor: self.0.tools.feed.cursor(),
        };
        let around =
            self.0.tools.store.in_system("say that this node lives", move |tx| {
                Box::pin(async move { tx.beat(&beat, LIVES_FOR).await })
            });
        self.found(around.await?.into_inner());
        Ok(())
    }

    /// Looks for other nodes and the installation's epoch, without being seen.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn look_around(&self) -> Result<(), StoreError> {
        let me = self.id();
        let around =
            self.0.tools.store.in_system("look for other nodes", move |tx| Box::pin(tx.surroundings(me, LIVES_FOR)));
        self.found(around.await?.into_inner());
        Ok(())
    }

    fn found(&self, Surroundings { others, epoch }: Surroundings) {
        *self.0.others.write().unwrap_or_else(PoisonError::into_inner) = others.into();
        let before = self.0.epoch.swap(epoch, Ordering::Relaxed);
        if before != epoch && before != 0 {
            tracing::warn!(before, now = epoch, "the database was recovered: what was issued before is void");
        }
    }
}
