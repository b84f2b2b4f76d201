//! The feed of revocations: what makes a force logout true at every door of this node without a database round trip.
//!
//! A revocation is a row, committed with the act that caused it. The node that wrote it applies it at once
//! ([`Feed::apply`]); every node pulls the table once a second with the snapshot's xmin as cursor, so that a row
//! whose transaction was still open at the last pull cannot be missed. Each successful pull renews a lease of five seconds ([`Lease`](crate::domain::revocation::Lease));
//! without it doors ask PostgreSQL for every request ([`Feed::check_database`]), and when PostgreSQL is gone too they
//! stay shut. A node is ready only after its first full load.

use std::{
    collections::VecDeque,
    sync::{
        Arc, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::{Mutex, broadcast};
use tokio_util::sync::CancellationToken;

use self::known::Known;
use super::{Audience, tireless::Tireless};
use crate::{
    domain::{code::Refusal, ids::RevocationId, principal::Principal, world::World},
    store::{Committed, RevocationRow, Store, StoreError},
};

mod database;
mod followers;
mod known;

pub use crate::domain::revocation::Verdict;
pub use followers::{Load, Word};

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
    reached: AtomicU64,
    audience: OnceLock<Arc<dyn Audience>>,
    followers: broadcast::Sender<Word>,
    /// The lock makes pulls take turns.
    progress: Mutex<Progress>,
    /// What pulls have brought since somebody asked, and how many sockets it closes.
    fresh: std::sync::Mutex<VecDeque<Fresh>>,
}

/// An act that was new to this node, and how many sockets it closes.
type Fresh = (RevocationId, BoxFuture<'static, usize>);

/// So many are kept for whoever asks.
const MOST_FRESH: usize = 2_000;

impl Feed {
    /// A feed over `store` that knows nothing yet and therefore lets nobody pass without asking the database.
    pub fn new(store: Store, world: World) -> Self {
        Self(Arc::new(Inner {
            store,
            world,
            known: Known::default(),
            ready: AtomicBool::new(false),
            reached: AtomicU64::new(0),
            audience: OnceLock::new(),
            followers: broadcast::Sender::new(followers::WORDS),
            progress: Mutex::default(),
            fresh: std::sync::Mutex::default(),
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

    /// Pulls what was committed before this call, and waits until the sockets it concerns are told to close. Answers what
    /// has come since the last call, and how many sockets each closed.
    pub async fn catch_up(&self) -> Result<Vec<(RevocationId, usize)>, StoreError> {
        self.pull().await?;
        let fresh = std::mem::take(&mut *self.fresh());
        let closed = fresh.into_iter().map(|(act, closed)| async move { (act, closed.await) });
        Ok(join_all(closed).await)
    }

    /// Where the last pull ended: this node knows every revocation of an older transaction.
    pub fn cursor(&self) -> u64 {
        self.0.reached.load(Ordering::Relaxed)
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
        drop(self.take_in(revocation)); // nobody counts the sockets here
    }

    /// The first half of [`Feed::apply`] for the revocations a larger unit of work committed; `pick` finds them in its
    /// outcome. Doors of this node refuse from here on; the caller tells the sockets, and counts them.
    pub fn shut_each<T>(&self, committed: &Committed<T>, pick: impl FnOnce(&T) -> &[RevocationRow]) {
        for row in pick(committed) {
            self.0.known.add(row);
            self.say(Word::Revoked(*row));
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

    // Nothing in here can be left half done.
    fn fresh(&self) -> MutexGuard<'_, VecDeque<Fresh>> {
        self.0.fresh.lock().unwrap_or_else(PoisonError::into_inner)
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
        let new: Vec<Fresh> = rows.iter().filter_map(|row| Some((row.id, self.take_in(row)?))).collect();
        let mut fresh = self.fresh();
        fresh.extend(new);
        let surplus = fresh.len().saturating_sub(MOST_FRESH);
        fresh.drain(..surplus);
        drop(fresh);
        progress.cursor = Some(next);
        self.0.reached.store(next, Ordering::Relaxed);
        progress.pulls += 1;
        if progress.pulls.is_multiple_of(SWEEP_EVERY) {
            self.0.known.expire(self.0.world.now());
        }
        // Last: the lease promises that everything the pull saw is in the set, and with the followers.
        self.0.known.stamp(sent);
        self.say(Word::Pulled { sent, next });
        Ok(())
    }

    async fn since(&self, cursor: Option<u64>) -> Result<(Vec<RevocationRow>, u64), StoreError> {
        let pulled = self
            .0
            .store
            .in_system("pull revocations", move |tx| Box::pin(async move { tx.revocations_since(cursor).await }));
        Ok(pulled.await?.into_inner())
    }

    /// How many sockets it closes here; none if it was known before.
    fn take_in(&self, row: &RevocationRow) -> Option<BoxFuture<'static, usize>> {
        let new = self.0.known.add(row);
        // Told even if it is not new here: whoever added it may not have told it yet, and the next word vouches for it.
        self.say(Word::Revoked(*row));
        new.then(|| self.0.audience.get().map(|audience| audience.revoked(row))).flatten()
    }
}
