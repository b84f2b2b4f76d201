//! What a door decides: first by the node's own set, then, while that is too old to be trusted, by the database.

use std::time::Instant;

use time::OffsetDateTime;

use super::{Lease, Revoked};
use crate::domain::{code::Code, ids::UserId, principal::Principal};

/// What the set of a node says about a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not revoked, and the set is fresh enough to say so.
    Open,
    /// Revoked, for this reason.
    Refused(Code),
    /// The set is too old to let anybody in: the database must be asked.
    Stale,
}

/// Judges a caller at `today` by the wall clock and `now` by the monotonic one. A set that is too old still refuses
/// whom it knows; it only lets nobody in any more.
pub fn judge(revoked: &Revoked, lease: &Lease, principal: &Principal, today: OffsetDateTime, now: Instant) -> Verdict {
    match revoked.check(principal, today) {
        Err(code) => Verdict::Refused(code),
        Ok(()) if lease.is_fresh(now) => Verdict::Open,
        Ok(()) => Verdict::Stale,
    }
}

/// A caller's company, account and session as the database has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether company and account are switched on.
    pub active: bool,
    /// Whose the session is.
    pub holder: UserId,
    /// Whether the session was ended.
    pub ended: bool,
    /// When it ends by itself.
    pub expires_at: OffsetDateTime,
    /// The company's epoch.
    pub company_epoch: i64,
    /// The account's epoch.
    pub epoch: i64,
}

impl Standing {
    /// Whether the session lives and the caller's token belongs to the present epochs.
    ///
    /// Refuses with `SessionRevoked` when the session is over, with `RightsChanged` when it goes on and the token is of
    /// an older epoch.
    pub fn check(&self, principal: &Principal, now: OffsetDateTime) -> Result<(), Code> {
        let lives = self.holder == principal.user && !self.ended && self.expires_at > now;
        let current = self.company_epoch <= principal.company_epoch && self.epoch <= principal.epoch;
        match (self.active && lives, current) {
            (true, true) => Ok(()),
            (true, false) => Err(Code::RightsChanged),
            (false, _) => Err(Code::SessionRevoked),
        }
    }
}
