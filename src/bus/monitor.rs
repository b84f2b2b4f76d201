//! How a bus is: what its transport says of itself, and whether this node's own messages come back to it.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::State;

/// A node that has not heard itself for so long hears nobody: three beats.
pub(super) const DEAF_AFTER: Duration = Duration::from_secs(6);

/// The state, and since when. Each change is logged once.
#[derive(Default)]
pub(super) struct Monitor {
    now: Mutex<Now>,
    news: Notify,
    overflows: AtomicU64,
}

#[derive(Default)]
struct Now {
    connected: Option<Instant>,
    echoed: Option<Instant>,
    trouble: Option<String>,
}

impl Monitor {
    /// The transport has a connection.
    pub(super) fn connected(&self) {
        let mut now = self.lock();
        (now.connected, now.echoed) = (Some(Instant::now()), None);
        if now.trouble.take().is_some() {
            tracing::info!("the bus between nodes works again");
        }
        drop(now);
        self.news.notify_waiters();
    }

    /// Waits until there is a connection.
    pub(super) async fn is_connected(&self) {
        loop {
            let news = self.news.notified();
            if self.lock().connected.is_some() {
                return;
            }
            news.await;
        }
    }

    /// One of this node's own messages came back.
    pub(super) fn echoed(&self) {
        let mut now = self.lock();
        now.echoed = Some(Instant::now());
        // Whatever was wrong, it is not any more.
        now.connected = now.connected.or(now.echoed);
        if now.trouble.take().is_some() {
            tracing::info!("the bus between nodes works again");
        }
    }

    /// It does not carry.
    pub(super) fn degraded(&self, why: &str) {
        let mut now = self.lock();
        (now.connected, now.echoed) = (None, None);
        Self::note(&mut now, why);
    }

    /// Looks whether this node still hears itself.
    pub(super) fn listen_for_itself(&self) {
        let mut now = self.lock();
        let heard = now.echoed.max(now.connected);
        if heard.is_some_and(|at| at.elapsed() >= DEAF_AFTER) {
            Self::note(&mut now, "what this node says does not come back to it");
        }
    }

    fn note(now: &mut Now, why: &str) {
        if now.trouble.is_none() {
            tracing::warn!(why, "the bus between nodes does not carry; nodes look into the database once a second");
        }
        now.trouble = Some(why.to_owned());
    }

    /// Something heard found no room.
    pub(super) fn overflowed(&self) {
        self.overflows.fetch_add(1, Ordering::Relaxed);
    }

    /// How often that was.
    pub(super) fn overflows(&self) -> u64 {
        self.overflows.load(Ordering::Relaxed)
    }

    /// Whether a message came back over the present connection.
    pub(super) fn has_echoed(&self) -> bool {
        self.lock().echoed.is_some()
    }

    /// The state as others see it.
    pub(super) fn state(&self) -> State {
        let now = self.lock();
        match (&now.trouble, now.connected) {
            (None, Some(_)) => State::Connected,
            (Some(why), _) => State::Degraded(why.clone()),
            (None, None) => State::Degraded("not connected yet".to_owned()),
        }
    }

    // Nothing in here can be left half done.
    fn lock(&self) -> MutexGuard<'_, Now> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
