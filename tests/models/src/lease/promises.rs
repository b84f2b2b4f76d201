//! What the doors of the model answer, and what they promise.

use stateright::Property;
use voxgate::domain::{
    code::Code,
    revocation::{Lease as LeaseRule, Revocation, Revoked, Scope, Standing, Verdict, judge},
};

use super::{ACTS, Act, Flaw, HORIZON, Lease, NODES, State};
use crate::{NOON, bearer, id};

impl Lease {
    /// What the door of a node answers to the session that act `token` ends; `ACTS` is a session nobody ends.
    fn door(&self, state: &State, node: usize, token: usize) -> Result<(), Code> {
        let (at, principal) = (&state.nodes[node], bearer(token as u128, token as u128, 1));
        let mut revoked = Revoked::default();
        for act in &at.known {
            revoked.apply(&revocation(*act));
        }
        match judge(&revoked, &at.lease, &principal, NOON, self.instant(state.now)) {
            Verdict::Open => Ok(()),
            Verdict::Refused(code) => Err(code),
            Verdict::Stale if reachable(state, node) => standing(state, token).check(&principal, NOON),
            Verdict::Stale if self.flaw == Some(Flaw::FailsOpen) => Ok(()),
            Verdict::Stale => Err(Code::Unavailable),
        }
    }

    fn passes(&self, state: &State, node: usize, token: usize) -> bool {
        self.door(state, node, token).is_ok()
    }

    fn is_fresh(&self, state: &State, node: usize) -> bool {
        state.nodes[node].lease.is_fresh(self.instant(state.now))
    }
}

/// The first act ends one session, the second everything of an account.
fn revocation(act: usize) -> Revocation {
    let scope = match act {
        0 => Scope::Session(id(0)),
        _ => Scope::User { id: id(act as u128), min_epoch: 2 },
    };
    Revocation { company: id(1), scope, expires_at: NOON + time::Duration::hours(1) }
}

fn committed_at(state: &State, act: usize) -> Option<u8> {
    match state.acts.get(act) {
        Some(Act::Committed(_, at)) => Some(*at),
        _ => None,
    }
}

pub(super) fn reachable(state: &State, node: usize) -> bool {
    !state.database_down && !state.nodes[node].cut_off
}

/// What PostgreSQL says of the session that act `token` ends.
fn standing(state: &State, token: usize) -> Standing {
    let over = committed_at(state, token).is_some();
    Standing {
        active: true,
        holder: id(token as u128),
        ended: over,
        expires_at: NOON + time::Duration::hours(1),
        company_epoch: 1,
        epoch: if over && token == 1 { 2 } else { 1 },
    }
}

pub(super) fn all() -> Vec<Property<Lease>> {
    vec![
        Property::always("nothing revoked passes later than the lease", |model: &Lease, state: &State| {
            every(|node, token| {
                let late = committed_at(state, token).is_some_and(|at| state.now - at >= length());
                !(late && model.passes(state, node, token))
            })
        }),
        Property::always("without a fresh lease the database's word counts at once", |model: &Lease, state: &State| {
            every(|node, token| {
                let asked = !model.is_fresh(state, node) && reachable(state, node);
                !(asked && committed_at(state, token).is_some() && model.passes(state, node, token))
            })
        }),
        Property::always("without lease and database nobody passes", |model: &Lease, state: &State| {
            every(|node, token| {
                let blind = !model.is_fresh(state, node) && !reachable(state, node);
                !(blind && model.passes(state, node, token))
            })
        }),
        Property::always("nobody is refused who was not revoked", |model: &Lease, state: &State| {
            every(|node, token| {
                let refused = model.door(state, node, token).is_err_and(|code| code != Code::Unavailable);
                !(refused && committed_at(state, token).is_none())
            })
        }),
        Property::sometimes("a revocation is not known everywhere at once", |model: &Lease, state: &State| {
            !every(|node, token| !(committed_at(state, token).is_some() && model.passes(state, node, token)))
        }),
        Property::sometimes("a node says that it cannot tell", |model: &Lease, state: &State| {
            !every(|node, token| model.door(state, node, token) != Err(Code::Unavailable))
        }),
        Property::sometimes("the set lets in whom nobody ended, late in the day", |model: &Lease, state: &State| {
            state.now == HORIZON && model.is_fresh(state, 0) && model.passes(state, 0, ACTS)
        }),
    ]
}

fn length() -> u8 {
    u8::try_from(LeaseRule::LENGTH.as_secs()).unwrap_or(u8::MAX)
}

fn every(holds: impl Fn(usize, usize) -> bool) -> bool {
    (0..NODES).all(|node| (0..=ACTS).all(|token| holds(node, token)))
}
