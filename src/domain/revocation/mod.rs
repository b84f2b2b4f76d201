//! Revocation: the set of what was revoked lately, and the lease that says how far the set may be trusted.
//!
//! Tokens carry the epochs of their account and company; revoking many sessions raises the least epoch that still counts,
//! revoking one names the session. An entry lives one access token lifetime: older tokens have ended by themselves.
//! Every door asks [`Revoked::check`]; nothing here does I/O. To add a scope: a variant of [`Scope`], a map, a line in `check`.

mod lease;

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use time::OffsetDateTime;

pub use lease::Lease;

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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{principal::Role, sample::NOON};

    fn at(seconds: i64) -> OffsetDateTime {
        NOON + time::Duration::seconds(seconds)
    }

    fn id<T: From<Uuid>>(number: u8) -> T {
        Uuid::from_u128(number.into()).into()
    }

    prop_compose! {
        fn principal()(
            company in 0..2u8, user in 0..3u8, session in 0..4u8, epoch in 0..5i64, company_epoch in 0..5i64, ends in 1..100i64
        ) -> Principal {
            Principal {
                user: id(user), company: id(company), session: id(session), role: Role::User, amr: vec![],
                auth_time: NOON, expires_at: at(ends), epoch, company_epoch,
            }
        }
    }

    fn revocation() -> impl Strategy<Value = Revocation> {
        let scope = prop_oneof![
            (0..4u8).prop_map(|session| Scope::Session(id(session))),
            (0..3u8, 0..6i64).prop_map(|(user, min_epoch)| Scope::User { id: id(user), min_epoch }),
            (0..3u8, 0..6i64).prop_map(|(user, min_epoch)| Scope::Assurance { id: id(user), min_epoch }),
            (0..3u8, 0..6i64).prop_map(|(user, min_epoch)| Scope::Rights { id: id(user), min_epoch }),
            (0..6i64).prop_map(|min_epoch| Scope::Company { min_epoch }),
            (0..4u8, 0..6i64).prop_map(|(session, min_epoch)| Scope::Others { spared: id(session), min_epoch }),
        ];
        (0..2u8, scope, 0..100i64).prop_map(|(company, scope, ends)| Revocation {
            company: id(company),
            scope,
            expires_at: at(ends),
        })
    }

    fn set(revocations: &[Revocation]) -> Revoked {
        let mut revoked = Revoked::default();
        for revocation in revocations {
            revoked.apply(revocation);
        }
        revoked
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(mut all in prop::collection::vec(revocation(), 0..12)) {
            let once = set(&all);
            all.extend(all.clone());
            all.reverse();
            prop_assert_eq!(set(&all), once);
        }

        #[test]
        fn more_revocations_never_open_a_door(
            all in prop::collection::vec(revocation(), 0..12), more in revocation(), who in principal()
        ) {
            let mut revoked = set(&all);
            let before = revoked.check(&who, NOON);
            revoked.apply(&more);
            prop_assert!(before.is_ok() || revoked.check(&who, NOON).is_err());
        }

        #[test]
        fn the_set_answers_as_the_list_of_revocations_would(
            all in prop::collection::vec(revocation(), 0..12), who in principal()
        ) {
            let hit = all.iter().any(|r| r.company == who.company && match r.scope {
                Scope::Session(session) => session == who.session,
                Scope::User { id, min_epoch } => id == who.user && who.epoch < min_epoch,
                Scope::Assurance { .. } | Scope::Rights { .. } => false,
                Scope::Company { min_epoch } => who.company_epoch < min_epoch,
                Scope::Others { spared, min_epoch } => who.session != spared && who.company_epoch < min_epoch,
            });
            let outdated = all.iter().any(|r| r.company == who.company
                && matches!(r.scope, Scope::Rights { id, min_epoch } if id == who.user && who.epoch < min_epoch));
            let lowered = all.iter().any(|r| r.company == who.company
                && matches!(r.scope, Scope::Assurance { id, min_epoch } if id == who.user && who.epoch < min_epoch));
            prop_assert_eq!(set(&all).lowers(&who), lowered);
            let expected = match (hit, outdated) {
                (true, _) => Err(Code::SessionRevoked),
                (false, true) => Err(Code::RightsChanged),
                (false, false) => Ok(()),
            };
            prop_assert_eq!(set(&all).check(&who, NOON), expected);
        }

        #[test]
        fn forgetting_never_revives_a_token(
            mut all in prop::collection::vec(revocation(), 0..12), who in principal(), now in 0..100i64
        ) {
            // The flows write entries that outlive every token they can concern.
            all.iter_mut().for_each(|r| r.expires_at = r.expires_at.max(who.expires_at));
            let mut revoked = set(&all);
            let before = revoked.check(&who, at(now));
            revoked.expire(at(now));
            prop_assert_eq!(revoked.check(&who, at(now)), before);
        }

        #[test]
        fn everything_is_forgotten_in_the_end(all in prop::collection::vec(revocation(), 0..12)) {
            let mut revoked = set(&all);
            let size = revoked.len();
            prop_assert_eq!(revoked.expire(at(100)), size);
            prop_assert!(revoked.is_empty());
        }

        #[test]
        fn apply_tells_whether_anything_changed(all in prop::collection::vec(revocation(), 0..12), more in revocation()) {
            let before = set(&all);
            let mut after = before.clone();
            prop_assert_eq!(after.apply(&more), after != before);
        }
    }

    #[test]
    fn an_expired_token_is_refused_even_if_nothing_is_revoked() {
        let who = Principal {
            user: id(1),
            company: id(1),
            session: id(1),
            role: Role::Admin,
            amr: vec![],
            auth_time: NOON,
            expires_at: at(1),
            epoch: 1,
            company_epoch: 1,
        };
        assert_eq!(Revoked::default().check(&who, at(0)), Ok(()));
        assert_eq!(Revoked::default().check(&who, at(1)), Err(Code::Unauthenticated));
    }
}
