//! The lease on the local set of revocations: how long a node may answer without asking the database.

use std::time::{Duration, Instant};

/// How long the local set may be trusted: stamped with the moment at which a poll of the feed that succeeded was *sent*.
///
/// Runs on the monotonic clock, so that a step of the wall clock cannot stretch it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lease {
    stamped_at: Option<Instant>,
}

impl Lease {
    /// The time a stamp is good for.
    pub const LENGTH: Duration = Duration::from_secs(5);

    /// A lease that was never stamped: not fresh.
    pub fn never() -> Self {
        Self::default()
    }

    /// Stamps with a poll sent at `sent_at`. An older poll that answers late changes nothing.
    pub fn stamp(&mut self, sent_at: Instant) {
        self.stamped_at = self.stamped_at.max(Some(sent_at));
    }

    /// Whether the set may be trusted at `now` without asking the database.
    pub fn is_fresh(&self, now: Instant) -> bool {
        self.stamped_at.is_some_and(|at| now.saturating_duration_since(at) < Self::LENGTH)
    }

    /// The age of the stamp at `now`; `None` if there is none.
    pub fn age(&self, now: Instant) -> Option<Duration> {
        self.stamped_at.map(|at| now.saturating_duration_since(at))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_lease_is_fresh_for_five_seconds_after_its_latest_sending(
            sent in prop::collection::vec(0..20_000u64, 1..6), now in 0..30_000u64
        ) {
            let start = Instant::now();
            let mut lease = Lease::never();
            prop_assert!(!lease.is_fresh(start));
            for sent in &sent {
                lease.stamp(start + Duration::from_millis(*sent));
            }
            let latest = *sent.iter().max().unwrap();
            prop_assert_eq!(lease.is_fresh(start + Duration::from_millis(now)), now < latest + 5_000);
        }
    }
}
