//! What this service knows of revocations: which tokens they end, and how long the knowledge may be trusted.
//!
//! Pure: time is an argument. `now` in seconds since 1970 judges expiry; the monotonic [`Instant`] judges the lease, so that
//! a step of the wall clock cannot stretch it.

use std::{
    collections::{HashMap, HashSet},
    time::{Duration, Instant},
};

use uuid::Uuid;

use crate::{refusal::Fault, token::Caller};

/// How long the knowledge may be trusted after the moment a heartbeat proves.
pub const LEASE: Duration = Duration::from_secs(5);

/// Entries outlive their expiry by this much, in seconds: clocks differ.
const MARGIN: i64 = 60;

/// What one revocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Tokens of one session.
    Session(Uuid),
    /// Tokens of an account below an epoch.
    User(Uuid, i64),
    /// What tokens of an account below an epoch say of a second factor.
    Assurance(Uuid, i64),
    /// Tokens of an account below an epoch; the session goes on with other rights.
    Rights(Uuid, i64),
    /// Tokens of the company below an epoch.
    Company(i64),
    /// Tokens of the company below an epoch, but for those of one session.
    Others(Uuid, i64),
}

/// What is known of a caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Not revoked, and the knowledge is fresh enough to say so.
    Open,
    /// The session was ended.
    Revoked,
    /// The session goes on with other rights.
    RightsChanged,
    /// The token is over by itself, or its key was removed.
    Invalid(Fault),
    /// Nothing is known against it, but the knowledge is too old to let it in.
    Stale,
}

#[derive(Clone, Copy, Debug)]
struct Floor {
    epoch: i64,
    until: i64,
}

type Floors<K> = HashMap<K, Floor>;

/// The knowledge. Order and repetition of revocations do not matter.
#[derive(Debug, Default)]
pub struct Known {
    sessions: HashMap<(Uuid, Uuid), i64>,
    users: Floors<(Uuid, Uuid)>,
    rights: Floors<(Uuid, Uuid)>,
    assurance: Floors<(Uuid, Uuid)>,
    /// By company and the session each floor spares.
    companies: Floors<(Uuid, Option<Uuid>)>,
    kids: Option<HashSet<String>>,
    /// The one company whose revocations are told, if it is only one.
    company: Option<Uuid>,
    stamped: Option<Instant>,
}

impl Known {
    /// Takes one revocation in: of this company, until this moment.
    pub fn add(&mut self, company: Uuid, scope: Scope, until: i64) {
        let until = until.saturating_add(MARGIN);
        match scope {
            Scope::Session(id) => {
                let entry = self.sessions.entry((company, id)).or_insert(until);
                *entry = until.max(*entry);
            }
            Scope::User(id, epoch) => raise(&mut self.users, (company, id), Floor { epoch, until }),
            Scope::Rights(id, epoch) => raise(&mut self.rights, (company, id), Floor { epoch, until }),
            Scope::Assurance(id, epoch) => raise(&mut self.assurance, (company, id), Floor { epoch, until }),
            Scope::Company(epoch) => raise(&mut self.companies, (company, None), Floor { epoch, until }),
            Scope::Others(spared, epoch) => raise(&mut self.companies, (company, Some(spared)), Floor { epoch, until }),
        }
    }

    /// From now on tokens of these keys are taken and of no others.
    pub fn set_keys(&mut self, kids: impl IntoIterator<Item = String>) {
        self.kids = Some(kids.into_iter().collect());
    }

    /// Only revocations of this company are told; `None` for all. Of any other nothing can be judged, so its tokens are
    /// refused.
    pub fn limit_to(&mut self, company: Option<Uuid>) {
        self.company = company;
    }

    /// Everything committed before `moment` is known. An older moment that comes late changes nothing.
    pub fn stamp(&mut self, moment: Instant) {
        self.stamped = self.stamped.max(Some(moment));
    }

    /// Until when the knowledge may be trusted; `None` before the first heartbeat.
    pub fn fresh_until(&self) -> Option<Instant> {
        self.stamped.map(|at| at + LEASE)
    }

    /// Judges a caller.
    pub fn judge(&self, caller: &Caller, now: i64, instant: Instant) -> Verdict {
        if now >= caller.expires_at {
            return Verdict::Invalid(Fault::Expired);
        }
        if self.company.is_some_and(|company| company != caller.company) {
            return Verdict::Invalid(Fault::Company);
        }
        if self.kids.as_ref().is_some_and(|kids| !kids.contains(&caller.kid)) {
            return Verdict::Invalid(Fault::UnknownKey);
        }
        if self.is_revoked(caller) {
            return Verdict::Revoked;
        }
        if below(&self.rights, &(caller.company, caller.user), caller.epoch) {
            return Verdict::RightsChanged;
        }
        if self.fresh_until().is_some_and(|until| instant < until) { Verdict::Open } else { Verdict::Stale }
    }

    fn is_revoked(&self, caller: &Caller) -> bool {
        let company = caller.company;
        let floor_hits = |(of, spared): &(Uuid, Option<Uuid>), floor: &Floor| {
            *of == company && caller.company_epoch < floor.epoch && *spared != Some(caller.session)
        };
        self.sessions.contains_key(&(company, caller.session))
            || below(&self.users, &(company, caller.user), caller.epoch)
            || self.companies.iter().any(|(key, floor)| floor_hits(key, floor))
    }

    /// Whether the token's word about a second factor counts no more.
    pub fn lowers(&self, caller: &Caller) -> bool {
        below(&self.assurance, &(caller.company, caller.user), caller.epoch)
    }

    /// Forgets what can concern no living token.
    pub fn expire(&mut self, now: i64) {
        self.sessions.retain(|_, until| *until > now);
        for floors in [&mut self.users, &mut self.rights, &mut self.assurance] {
            floors.retain(|_, floor| floor.until > now);
        }
        self.companies.retain(|_, floor| floor.until > now);
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.sessions.len() + self.users.len() + self.rights.len() + self.assurance.len() + self.companies.len()
    }

    /// Whether nothing is known to be revoked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn raise<K: std::hash::Hash + Eq>(floors: &mut Floors<K>, key: K, new: Floor) {
    let floor = floors.entry(key).or_insert(new);
    *floor = Floor { epoch: floor.epoch.max(new.epoch), until: floor.until.max(new.until) };
}

fn below<K: std::hash::Hash + Eq>(floors: &Floors<K>, key: &K, epoch: i64) -> bool {
    floors.get(key).is_some_and(|floor| epoch < floor.epoch)
}

#[cfg(test)]
mod tests;
