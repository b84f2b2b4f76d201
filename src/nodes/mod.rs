//! This node among the others that serve the same database.
//!
//! ```text
//! heartbeat ─ every second ─► table `nodes`: who lives, how its bus is, how far it has read the revocations
//! herald    ─ what was numbered here ─► bus
//! hearing   ◄─ bus: pull revocations now, read these logs further, those acts are confirmed, that browser has left
//! receipts  ─ a forced logout waits a moment for the others' confirmations
//! ```
//!
//! No node needs another one: without the bus the pull loops bring everything within a second, without the heartbeat a
//! node is merely not counted. Who lives is known from the last beat, so it may be a second old.

mod hearing;
mod heartbeat;
mod herald;
mod receipts;
#[cfg(test)]
pub(crate) mod sample;

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use self::{hearing::Hearing, receipts::Receipts};
pub use self::{
    heartbeat::{BEAT_EVERY, LIVES_FOR},
    herald::Herald,
    receipts::Confirmation,
};
use crate::{
    bus::{self, Bus, Hint},
    domain::{
        ids::{NodeId, RevocationId},
        session::Departure,
    },
    store::{Store, StoreError},
    stream::{Audience, revocation::Feed, tireless::Tireless},
};

/// What this node goes by.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How long a forced logout waits for the other nodes' confirmations.
    pub confirm: Duration,
}

/// What nodes work with.
#[derive(Clone)]
pub struct Tools {
    /// The database.
    pub store: Store,
    /// The revocations of this node.
    pub feed: Feed,
    /// Who has the sockets.
    pub audience: Arc<dyn Audience>,
}

/// This node and what it knows of the others. Cloning shares it.
#[derive(Clone)]
pub struct Nodes(Arc<Inner>);

struct Inner {
    me: NodeId,
    settings: Settings,
    tools: Tools,
    bus: Bus,
    others: RwLock<Arc<[NodeId]>>,
    epoch: AtomicI64,
    draining: AtomicBool,
    receipts: Receipts,
}

impl Nodes {
    /// Connects this node, called `me`, to the others. It knows nothing of them before [`Nodes::look_around`].
    pub fn join(
        me: NodeId,
        (settings, bus): (Settings, bus::Settings),
        tools: Tools,
        (runtime, stop): (&Handle, &CancellationToken),
    ) -> Self {
        let (bus, hears) = Bus::start(bus, me, runtime);
        let nodes = Self(Arc::new(Inner {
            me,
            settings,
            tools,
            bus,
            others: RwLock::new(Arc::new([])),
            epoch: AtomicI64::new(0),
            draining: AtomicBool::new(false),
            receipts: Receipts::default(),
        }));
        Hearing::start(&nodes, hears, runtime, stop);
        nodes
    }

    /// Counts among the nodes that serve, at `address`, until `stop` is cancelled.
    ///
    /// # Errors
    /// The database does not answer; later it is asked again and again.
    pub async fn serve_at(
        &self,
        address: String,
        (runtime, stop): (&Handle, &CancellationToken),
    ) -> Result<(), StoreError> {
        self.beat(&address).await?;
        let (nodes, stop) = (self.clone(), stop.clone());
        runtime.spawn(Tireless::new("heartbeat").run(stop, move || {
            let (nodes, address) = (nodes.clone(), address.clone());
            async move {
                tokio::time::sleep(BEAT_EVERY).await;
                nodes.beat(&address).await
            }
        }));
        Ok(())
    }

    /// Its name.
    pub fn id(&self) -> NodeId {
        self.0.me
    }

    /// The others that live, as of the last beat.
    pub fn others(&self) -> Arc<[NodeId]> {
        Arc::clone(&self.0.others.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether another node lives.
    pub fn has_others(&self) -> bool {
        !self.others().is_empty()
    }

    /// The installation's epoch: it rises when the database was brought back from a backup.
    pub fn epoch(&self) -> i64 {
        self.0.epoch.load(Ordering::Relaxed)
    }

    /// How its bus is.
    pub fn bus(&self) -> bus::State {
        self.0.bus.state()
    }

    /// This node is about to stop: it finishes what it has and takes no new sockets.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
    }

    /// Whether it is about to stop.
    pub fn is_draining(&self) -> bool {
        self.0.draining.load(Ordering::Acquire)
    }

    /// Revocations were committed here: the others pull them now. Waits for nobody.
    pub fn revoked(&self) {
        self.0.bus.tell(Hint::Revoked { acts: Vec::new() });
    }

    /// The same, and waits a moment until the other nodes have confirmed this act.
    pub async fn confirm(&self, act: RevocationId) -> Confirmation {
        let others = self.others();
        let patience = match self.bus() {
            bus::State::Connected => self.0.settings.confirm,
            // Nobody would be heard; everybody looks by themselves.
            bus::State::Degraded(_) => Duration::ZERO,
        };
        let waiting = self.0.receipts.open(act, others);
        self.0.bus.tell(Hint::Revoked { acts: vec![act] });
        waiting.confirmed_within(patience).await
    }

    /// Gives the bus a moment to be there: for commands that say one thing and end.
    pub async fn hears_others(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.0.bus.is_connected()).await;
    }

    /// A socket of an ended session has closed here: desks on other nodes show that, too.
    pub fn left(&self, departure: Departure) {
        self.0.bus.tell(Hint::Left { sockets: vec![departure] });
    }

    /// Tells the bus what is numbered here, on its way to the sockets of this node.
    pub fn herald(&self) -> Arc<dyn Audience> {
        Arc::new(Herald::new(Arc::clone(&self.0.tools.audience), self.0.bus.clone()))
    }

    /// Leaves: says what is unsaid and is counted no more.
    pub async fn leave(&self) {
        self.0.bus.close().await;
        let me = self.0.me;
        let left = self.0.tools.store.in_system("a node stops", move |tx| Box::pin(tx.leave(me)));
        if let Err(error) = left.await {
            tracing::debug!(%error, "the table of nodes was not told of the end; it notices within seconds");
        }
    }
}
