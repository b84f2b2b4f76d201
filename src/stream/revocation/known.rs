//! What this node knows of revocations: the set every door asks, how fresh it is, and which acts it has told on.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use time::OffsetDateTime;

use crate::{
    domain::{
        ids::RevocationId,
        principal::Principal,
        revocation::{Lease, Revocation, Revoked, Verdict, judge},
    },
    store::RevocationRow,
};

/// Entries outlive their expiry by this much. They live as long as the last token they concern; the margin
/// covers a node whose clock runs ahead of the database's.
const MARGIN: time::Duration = time::Duration::minutes(1);

/// The set behind one lock: readers share it for well under a microsecond, a writer holds it for one insertion.
#[derive(Debug, Default)]
pub(super) struct Known(RwLock<Inside>);

#[derive(Debug, Default)]
struct Inside {
    revoked: Revoked,
    lease: Lease,
    told: HashMap<RevocationId, OffsetDateTime>,
}

impl Known {
    /// Adds `row`; whether it was new to this node.
    pub(super) fn add(&self, row: &RevocationRow) -> bool {
        let until = row.expires_at + MARGIN;
        self.write(|inside| {
            let new = inside.told.insert(row.id, until).is_none();
            inside.revoked.apply(&Revocation { company: row.company, scope: row.scope, expires_at: until });
            new
        })
    }

    /// Everything that was committed before `sent` is in the set.
    pub(super) fn stamp(&self, sent: Instant) {
        self.write(|inside| inside.lease.stamp(sent));
    }

    /// Judges a caller at `today` by the wall clock and `now` by the monotonic one.
    pub(super) fn judge(&self, principal: &Principal, today: OffsetDateTime, now: Instant) -> Verdict {
        self.read(|inside| judge(&inside.revoked, &inside.lease, principal, today, now))
    }

    /// Whether the token's word about a second factor counts no more.
    pub(super) fn lowers(&self, principal: &Principal) -> bool {
        self.read(|inside| inside.revoked.lowers(principal))
    }

    /// Forgets what no living token can be concerned by.
    pub(super) fn expire(&self, now: OffsetDateTime) {
        self.write(|inside| {
            inside.revoked.expire(now);
            inside.told.retain(|_, until| *until > now);
        });
    }

    /// How many acts of revocation are held.
    pub(super) fn len(&self) -> usize {
        self.read(|inside| inside.told.len())
    }

    /// Time since the last stamp; `None` before the first.
    pub(super) fn age(&self, now: Instant) -> Option<Duration> {
        self.read(|inside| inside.lease.age(now))
    }

    // A writer that panicked left nothing half-done that could open a door, so a poisoned lock is used as it is.
    fn read<T>(&self, look: impl FnOnce(&Inside) -> T) -> T {
        look(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, change: impl FnOnce(&mut Inside) -> T) -> T {
        change(&mut self.0.write().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::{code::Code, principal::Role, revocation::Scope},
        stream::sample,
    };

    fn refused() -> Verdict {
        Verdict::Refused(Code::SessionRevoked)
    }

    #[test]
    fn a_node_that_pulled_nothing_yet_vouches_for_nobody() {
        let known = Known::default();
        assert_eq!(known.judge(&sample::principal(Role::User), sample::NOON, Instant::now()), Verdict::Stale);
    }

    #[test]
    fn a_revocation_counts_at_once_for_its_session_only_and_outlasts_a_stale_lease() {
        let (known, start) = (Known::default(), Instant::now());
        let (user, admin) = (sample::principal(Role::User), sample::principal(Role::Admin));
        known.stamp(start);
        let row = sample::revocation(Scope::Session(user.session));
        assert!(known.add(&row), "new");
        assert!(!known.add(&row), "told once, however often it is pulled");
        assert_eq!(known.judge(&user, sample::NOON, start), refused());
        assert_eq!(known.judge(&admin, sample::NOON, start), Verdict::Open);
        let late = start + Lease::LENGTH;
        assert_eq!(known.judge(&admin, sample::NOON, late), Verdict::Stale);
        assert_eq!(known.judge(&user, sample::NOON, late), refused());
    }

    #[test]
    fn epochs_below_the_minimum_are_refused_and_newer_ones_are_not() {
        let (known, start) = (Known::default(), Instant::now());
        known.stamp(start);
        let old = sample::principal(Role::User);
        known.add(&sample::revocation(Scope::User { id: old.user, min_epoch: 2 }));
        assert_eq!(known.judge(&old, sample::NOON, start), refused());
        let newer = Principal { epoch: 2, ..old };
        assert_eq!(known.judge(&newer, sample::NOON, start), Verdict::Open);
    }

    #[test]
    fn an_entry_is_kept_until_every_token_it_concerns_has_ended() {
        let (known, start) = (Known::default(), Instant::now());
        known.stamp(start);
        let user = sample::principal(Role::User);
        let row = sample::revocation(Scope::Session(user.session));
        known.add(&row);
        known.expire(row.expires_at);
        assert_eq!(known.len(), 1, "a clock ahead by a second must not revive anybody");
        known.expire(row.expires_at + MARGIN);
        assert_eq!(known.len(), 0);
    }
}
