//! What signing in and throwing out promise each other.

use stateright::Property;
use voxgate::domain::revocation::{Revocation, Revoked, Scope};

use super::{ACTS, Act, Login, NODES, Renewal, SignIn, State, Visit};
use crate::{NOON, bearer, id};

/// Whether the token opens the doors of a node that has taken these acts in.
fn passes(state: &State, node: usize, visit: usize, epoch: u8) -> bool {
    let mut revoked = Revoked::default();
    for act in (0..ACTS).filter(|act| state.known[node] & (1 << act) != 0) {
        let Act::Committed { min_epoch } = state.acts[act] else { continue };
        let scope = Scope::User { id: id(1), min_epoch: min_epoch.into() };
        revoked.apply(&Revocation { company: id(1), scope, expires_at: NOON + time::Duration::hours(1) });
    }
    revoked.check(&bearer(1, visit as u128, epoch.into()), NOON).is_ok()
}

/// For every node, visit and token: whether it passes there.
fn every(state: &State, holds: impl Fn(usize, &Visit, bool) -> bool) -> bool {
    let tokens = |number: usize| state.visits[number].tokens.into_iter().flatten();
    (0..NODES).all(|node| {
        let visits = state.visits.iter().enumerate();
        visits
            .into_iter()
            .all(|(number, visit)| tokens(number).all(|epoch| holds(node, visit, passes(state, node, number, epoch))))
    })
}

pub(super) fn all() -> Vec<Property<SignIn>> {
    vec![
        Property::always("no session survives an act that its sign-in did not see", |_: &SignIn, state: &State| {
            let missed = |visit: &Visit| state.committed() & !visit.after != 0;
            state.visits.iter().all(|visit| !(visit.alive && missed(visit)))
        }),
        Property::always(
            "no token passes a node that knows of an act its sign-in did not see",
            |_: &SignIn, state: &State| {
                every(state, |node, visit, passes| !(passes && state.known[node] & !visit.after != 0))
            },
        ),
        Property::always("who signed in after everything is let in", |_: &SignIn, state: &State| {
            every(state, |_, visit, passes| passes || visit.after != state.committed())
        }),
        Property::always("nobody signs in to an account that is switched off", |_: &SignIn, state: &State| {
            state.visits.iter().all(|visit| !(visit.alive && visit.after & 2 != 0))
        }),
        Property::sometimes("a sign-in comes too late", |_: &SignIn, state: &State| {
            state.visits.iter().any(|visit| visit.login == Login::Refused && visit.after == 0)
        }),
        Property::sometimes("a renewal comes too late", |_: &SignIn, state: &State| {
            state.visits.iter().any(|visit| visit.renewal == Renewal::Decided { epoch: None })
        }),
        Property::sometimes("somebody comes again after being thrown out", |_: &SignIn, state: &State| {
            state.visits.iter().any(|visit| visit.alive && visit.after == 1)
        }),
    ]
}
