//! The feed of revocations: what makes a force logout true at every door of this node without a database round trip.
//!
//! A revocation is a row, committed with the act that caused it. The node that wrote it applies it at once
//! ([`Feed::apply`]); every node pulls the table once a second with the snapshot's xmin as cursor, so that a row
//! whose transaction was still open at the last pull cannot be missed. Each successful pull renews a lease of five seconds ([`Lease`](crate::domain::revocation::Lease));
//! without it doors ask PostgreSQL for every request ([`Feed::check_database`]), and when PostgreSQL is gone too they
//! stay shut. A node is ready only after its first full load.

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use self::known::Known;
use super::{Audience, tireless::Tireless};
use crate::{
    domain::{code::Refusal, principal::Principal, world::World},
    store::{Committed, RevocationRow, Store, StoreError},
};

mod database;
mod known;

pub use crate::domain::revocation::Verdict;

const INTERVAL: Duration = Duration::from_secs(1);
/// Pulls between two sweeps of what has expired: a sweep holds the set for as long as it takes to walk it.
const SWEEP_EVERY: u64 = 30;

#[derive(Default)]
struct Progress {
    /// Snapshot xmin of the last pull.
    cursor: Option<u64>,
    pulls: u64,
}

/// The node's knowledge of revocations. Cloning shares it.
#[derive(Clone)]
pub struct Feed(Arc<Inner>);

struct Inner {
    store: Store,
    world: World,
    known: Known,
    ready: AtomicBool,
    audience: OnceLock<Arc<dyn Audience>>,
    /// The lock makes pulls take turns.
    progress: Mutex<Progress>,
}

impl Feed {
    /// A feed over `store` that knows nothing yet and therefore lets nobody pass without asking the database.
    pub fn new(store: Store, world: World) -> Self {
        Self(Arc::new(Inner {
            store,
            world,
            known: Known::default(),
            ready: AtomicBool::new(false),
            audience: OnceLock::new(),
            progress: Mutex::default(),
        }))
    }

    /// Names whom to tell of revocations. The audience itself needs the feed, hence not in [`Feed::new`]. Only the first counts.
    pub fn tell(&self, audience: Arc<dyn Audience>) {
        if self.0.audience.set(audience).is_err() {
            tracing::warn!("the revocation feed has an audience already");
        }
    }

    /// Pulls what is new: every living revocation the first time, and the node is ready after it. Tests step the feed by it.
    pub async fn load(&self) -> Result<(), StoreError> {
        self.pull().await?;
        self.0.ready.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether the full load has happened.
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    /// Asks the set of this node: no I/O, well under a microsecond. `now` is the monotonic clock.
    pub fn check(&self, principal: &Principal, now: Instant) -> Verdict {
        self.0.known.judge(principal, self.0.world.now(), now)
    }

    /// Whether the second factor was removed since this caller's token was issued: then its `mfa` counts no more.
    pub fn lowers(&self, principal: &Principal) -> bool {
        self.0.known.lowers(principal)
    }

    /// Asks PostgreSQL itself, for when the set is stale. Refuses with `session_revoked` when the session or its epochs are over,
    /// with `unavailable` when PostgreSQL does not answer.
    pub async fn check_database(&self, principal: &Principal) -> Result<(), Refusal> {
        database::check(&self.0.store, principal, self.0.world.now()).await
    }

    /// Makes a committed revocation count on this node at once: in the set, and with the sockets.
    pub fn apply(&self, revocation: &Committed<RevocationRow>) {
        self.take_in(revocation);
    }

    /// The first half of [`Feed::apply`] for the revocations a larger unit of work committed; `pick` finds them in its
    /// outcome. Doors of this node refuse from here on; the caller tells the sockets, and counts them.
    pub fn shut_each<T>(&self, committed: &Committed<T>, pick: impl FnOnce(&T) -> &[RevocationRow]) {
        for row in pick(committed) {
            self.0.known.add(row);
        }
    }

    /// Pulls once a second until `stop` is cancelled, and forgets what has expired.
    pub async fn run(self, tireless: Tireless, stop: CancellationToken) {
        tireless
            .run(stop, || async {
                tokio::time::sleep(INTERVAL).await;
                self.load().await
            })
            .await;
    }

    /// Time since the last successful pull was sent, for metrics; `None` before the first.
    pub fn lag(&self, now: Instant) -> Option<Duration> {
        self.0.known.age(now)
    }

    /// How many revocations the set holds, for metrics.
    pub fn held(&self) -> usize {
        self.0.known.len()
    }

    async fn pull(&self) -> Result<(), StoreError> {
        let mut progress = self.0.progress.lock().await;
        let since = progress.cursor;
        let sent = Instant::now();
        let (mut rows, mut next) = self.since(since).await?;
        if since.is_some_and(|since| next < since) {
            // The database counts from before: it was restored. The old cursor would hide what it says from now on.
            tracing::warn!("the transaction numbers of the database went back; all revocations are read again");
            (rows, next) = self.since(None).await?;
        }
        for row in &rows {
            self.take_in(row);
        }
        progress.cursor = Some(next);
        progress.pulls += 1;
        if progress.pulls.is_multiple_of(SWEEP_EVERY) {
            self.0.known.expire(self.0.world.now());
        }
        // Last: the lease promises that everything the pull saw is in the set.
        self.0.known.stamp(sent);
        Ok(())
    }

    async fn since(&self, cursor: Option<u64>) -> Result<(Vec<RevocationRow>, u64), StoreError> {
        let pulled = self
            .0
            .store
            .in_system("pull revocations", move |tx| Box::pin(async move { tx.revocations_since(cursor).await }));
        Ok(pulled.await?.into_inner())
    }

    fn take_in(&self, row: &RevocationRow) {
        if self.0.known.add(row)
            && let Some(audience) = self.0.audience.get()
        {
            audience.revoked(row);
        }
    }
}
