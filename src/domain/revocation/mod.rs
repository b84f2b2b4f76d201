//! Revocation: the set of what was revoked lately, and the lease that says how far the set may be trusted.
//!
//! Tokens carry the epochs of their account and company; revoking many sessions raises the least epoch that still counts,
//! revoking one names the session. An entry lives one access token lifetime: older tokens have ended by themselves.
//! Every door asks [`Revoked::check`]; nothing here does I/O. To add a scope: a variant of [`Scope`], a map, a line in `check`.

mod lease;
#[cfg(test)]
mod tests;
mod verdict;

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use time::OffsetDateTime;

pub use lease::Lease;
pub use verdict::{Standing, Verdict, judge};

use super::{
    code::Code,
    ids::{CompanyId, SessionId, UserId},
    principal::Principal,
};

/// What one revocation ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One session.
    Session(SessionId),
    /// Every token of an account below an epoch.
    User {
        /// The account.
        id: UserId,
        /// The least epoch that still counts.
        min_epoch: i64,
    },
    /// What tokens of an account below an epoch say of a second factor: they live on, their `mfa` counts no more.
    Assurance {
        /// The account.
        id: UserId,
        /// The least epoch whose tokens are believed.
        min_epoch: i64,
    },
    /// Every token of an account below an epoch, because it speaks of rights the account no longer has. The sessions go
    /// on: their next token says what is true.
    Rights {
        /// The account.
        id: UserId,
        /// The least epoch whose tokens tell the truth.
        min_epoch: i64,
    },
    /// Every token of the company below an epoch.
    Company {
        /// The least company epoch that still counts.
        min_epoch: i64,
    },
    /// Every token of the company below an epoch, but for those of one session: that of the Admin who ended the others.
    Others {
        /// The session that goes on.
        spared: SessionId,
        /// The least company epoch that still counts for everybody else.
        min_epoch: i64,
    },
}

/// One revocation as the feed delivers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// The company it was made in; it never reaches beyond.
    pub company: CompanyId,
    /// What it ends.
    pub scope: Scope,
    /// When every token it could concern has ended by itself.
    pub expires_at: OffsetDateTime,
}

/// The least epoch that still counts, and how long that must be remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Floor {
    min_epoch: i64,
    expires_at: OffsetDateTime,
}

impl Floor {
    fn raised(self, new: Self) -> Self {
        Self { min_epoch: self.min_epoch.max(new.min_epoch), expires_at: self.expires_at.max(new.expires_at) }
    }
}

/// Everything revoked within one access token lifetime. Order and repetition of revocations do not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revoked {
    sessions: HashMap<(CompanyId, SessionId), OffsetDateTime>,
    users: HashMap<(CompanyId, UserId), Floor>,
    assurance: HashMap<(CompanyId, UserId), Floor>,
    rights: HashMap<(CompanyId, UserId), Floor>,
    /// By the session each floor spares. Few: one for each Admin who lately ended everybody else's sessions.
    companies: HashMap<CompanyId, BTreeMap<Option<SessionId>, Floor>>,
}

impl Revoked {
    /// Takes one revocation in. Says whether it told anything new.
    pub fn apply(&mut self, revocation: &Revocation) -> bool {
        let Revocation { company, scope, expires_at } = *revocation;
        match scope {
            Scope::Session(id) => {
                let known = self.sessions.insert((company, id), expires_at);
                if let Some(known) = known.filter(|known| *known > expires_at) {
                    self.sessions.insert((company, id), known);
                }
                known.is_none_or(|known| known < expires_at)
            }
            Scope::User { id, min_epoch } => raise(&mut self.users, (company, id), Floor { min_epoch, expires_at }),
            Scope::Assurance { id, min_epoch } => {
                raise(&mut self.assurance, (company, id), Floor { min_epoch, expires_at })
            }
            Scope::Rights { id, min_epoch } => raise(&mut self.rights, (company, id), Floor { min_epoch, expires_at }),
            Scope::Company { min_epoch } => self.raise_company(company, None, Floor { min_epoch, expires_at }),
            Scope::Others { spared, min_epoch } => {
                self.raise_company(company, Some(spared), Floor { min_epoch, expires_at })
            }
        }
    }

    fn raise_company(&mut self, company: CompanyId, spared: Option<SessionId>, new: Floor) -> bool {
        let floors = self.companies.entry(company).or_default();
        let before = floors.get(&spared).copied();
        let raised = before.map_or(new, |floor| floor.raised(new));
        floors.insert(spared, raised);
        before != Some(raised)
    }

    /// Whether a verified token still opens anything at `now`: four lookups.
    ///
    /// Refuses with `Unauthenticated` when the token has ended, `SessionRevoked` when its session was ended, and
    /// `RightsChanged` when the session goes on with other rights.
    pub fn check(&self, principal: &Principal, now: OffsetDateTime) -> Result<(), Code> {
        let company = principal.company;
        if now >= principal.expires_at {
            return Err(Code::Unauthenticated);
        }
        let revoked = self.sessions.contains_key(&(company, principal.session))
            || self.users.get(&(company, principal.user)).is_some_and(|floor| principal.epoch < floor.min_epoch)
            || self.companies.get(&company).is_some_and(|floors| hits(floors, principal));
        if revoked {
            return Err(Code::SessionRevoked);
        }
        let rights = self.rights.get(&(company, principal.user));
        let outdated = rights.is_some_and(|floor| principal.epoch < floor.min_epoch);
        if outdated { Err(Code::RightsChanged) } else { Ok(()) }
    }

    /// Whether the token's word about a second factor counts no more.
    pub fn lowers(&self, principal: &Principal) -> bool {
        let floor = self.assurance.get(&(principal.company, principal.user));
        floor.is_some_and(|floor| principal.epoch < floor.min_epoch)
    }

    /// Forgets what can concern no living token any more. Says how many entries went.
    pub fn expire(&mut self, now: OffsetDateTime) -> usize {
        let before = self.len();
        self.sessions.retain(|_, expires_at| *expires_at > now);
        self.users.retain(|_, floor| floor.expires_at > now);
        self.assurance.retain(|_, floor| floor.expires_at > now);
        self.rights.retain(|_, floor| floor.expires_at > now);
        self.companies.retain(|_, floors| {
            floors.retain(|_, floor| floor.expires_at > now);
            !floors.is_empty()
        });
        before - self.len()
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        let companies: usize = self.companies.values().map(BTreeMap::len).sum();
        self.sessions.len() + self.users.len() + self.assurance.len() + self.rights.len() + companies
    }

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

fn raise<K: Eq + Hash>(floors: &mut HashMap<K, Floor>, key: K, new: Floor) -> bool {
    let Some(floor) = floors.get_mut(&key) else {
        floors.insert(key, new);
        return true;
    };
    let raised = floor.raised(new);
    std::mem::replace(floor, raised) != raised
}

/// Whether a floor of the company lies above the token, which its own session's floor does not.
fn hits(floors: &BTreeMap<Option<SessionId>, Floor>, principal: &Principal) -> bool {
    let spared = |session: &Option<SessionId>| *session == Some(principal.session);
    floors.iter().any(|(session, floor)| principal.company_epoch < floor.min_epoch && !spared(session))
}
