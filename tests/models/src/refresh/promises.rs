//! What renewing promises.

use stateright::Property;
use voxgate::domain::refresh::Decision;

use super::{Refresh, State};

pub(super) fn all(thief: bool) -> Vec<Property<Refresh>> {
    let mut promises = vec![
        Property::always("a family has one live leaf at most", |_: &Refresh, state: &State| {
            !state.alive || state.tokens.iter().filter(|token| token.used.is_none()).count() <= 1
        }),
        Property::always("reuse ends the family", |_: &Refresh, state: &State| !(state.reused && state.alive)),
        Property::always("nobody who is honest is signed out while no thief is about", |_: &Refresh, state: &State| {
            state.intruded || !state.signed_out
        }),
        Property::always("whom nobody robbed is never called a thief", |_: &Refresh, state: &State| {
            state.intruded || !state.reused
        }),
        Property::sometimes("a token is exchanged twice", |_: &Refresh, state: &State| state.tokens.len() > 2),
        Property::sometimes("an answer is given again", |_: &Refresh, state: &State| {
            state.last == Some(Decision::Repeat)
        }),
        Property::sometimes("the session ends by itself", |_: &Refresh, state: &State| {
            state.alive && state.last == Some(Decision::Dead)
        }),
    ];
    if thief {
        promises.push(Property::sometimes("a thief is found out", |_: &Refresh, state: &State| state.reused));
        promises
            .push(Property::sometimes("another was faster and nobody is signed out", |_: &Refresh, state: &State| {
                state.last == Some(Decision::Superseded) && state.alive
            }));
    }
    promises
}
