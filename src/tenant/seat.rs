//! One company's place in the directory: its supervisor's address, its permits, what its sockets were told.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use actix::Addr;
use tokio::sync::Semaphore;

use super::supervisor::Supervisor;

/// Panics of one company's supervisor within [`PANIC_WINDOW`] after which the company is answered 503.
const PANIC_LIMIT: usize = 3;
const PANIC_WINDOW: Duration = Duration::from_secs(60);

/// How far a company's live sockets on this node were told, without asking its actor.
#[derive(Debug)]
pub(super) struct Listening(AtomicI64);

/// No row has this number: nobody listens.
const NOBODY: i64 = -1;

impl Default for Listening {
    fn default() -> Self {
        Self(AtomicI64::new(NOBODY))
    }
}

impl Listening {
    /// Notes the last number told; `None` when no socket is left.
    pub(super) fn note(&self, told: Option<i64>) {
        self.0.store(told.unwrap_or(NOBODY), Ordering::Relaxed);
    }

    /// The last number told, if anybody listens.
    pub(super) fn told(&self) -> Option<i64> {
        Some(self.0.load(Ordering::Relaxed)).filter(|told| *told != NOBODY)
    }
}

/// A running (or broken) supervisor.
#[derive(Clone)]
pub(super) struct Seat {
    pub(super) supervisor: Addr<Supervisor>,
    pub(super) generation: u64,
    pub(super) permits: Arc<Semaphore>,
    room: usize,
    pub(super) listening: Arc<Listening>,
    panics: Vec<Instant>,
}

impl Seat {
    pub(super) fn new(supervisor: Addr<Supervisor>, generation: u64, room: usize, listening: Arc<Listening>) -> Self {
        let permits = Arc::new(Semaphore::new(room));
        Self { supervisor, generation, permits, room, listening, panics: Vec::new() }
    }

    /// Keeps the panics of the supervisor before this one in mind.
    pub(super) fn remember(mut self, panics: Vec<Instant>) -> Self {
        self.panics = panics;
        self
    }

    /// Whether its supervisor still takes messages. One that panicked never does again.
    pub(super) fn is_alive(&self) -> bool {
        self.supervisor.connected()
    }

    /// Permits held now.
    pub(super) fn in_use(&self) -> usize {
        self.room.saturating_sub(self.permits.available_permits())
    }

    /// Whether nobody holds a permit: no message is on its way and no command at work.
    pub(super) fn is_unused(&self) -> bool {
        self.permits.available_permits() == self.room
    }

    /// The panics of the last minute, this one included.
    pub(super) fn panics_with(&self, now: Instant) -> Vec<Instant> {
        let recent = self.panics.iter().copied().filter(|at| now.duration_since(*at) < PANIC_WINDOW);
        recent.chain([now]).collect()
    }

    /// Whether the company has to wait, and how long.
    pub(super) fn quarantine(panics: &[Instant], now: Instant) -> Option<Duration> {
        let first = panics.len().checked_sub(PANIC_LIMIT).map(|skip| panics[skip])?;
        PANIC_WINDOW.checked_sub(now.duration_since(first)).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_panics_within_a_minute_close_the_company_until_the_first_is_a_minute_old() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        assert_eq!(Seat::quarantine(&[at(0), at(1)], at(2)), None);
        assert_eq!(Seat::quarantine(&[at(0), at(1), at(2)], at(2)), Some(Duration::from_secs(58)));
        assert_eq!(Seat::quarantine(&[at(0), at(1), at(2)], at(60)), None);
    }
}
