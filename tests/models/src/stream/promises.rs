//! What the stream promises.

use stateright::Property;

use super::{LAST, State, Stream};

pub(super) fn all() -> Vec<Property<Stream>> {
    vec![
        Property::always("no event comes twice or out of order", |_: &Stream, state: &State| !state.client.doubled),
        Property::always("no event is left out unsaid", |_: &Stream, state: &State| !state.client.hole),
        Property::always("nobody is told to read the lists for nothing", |_: &Stream, state: &State| {
            // Only rows that went for their age, or more than a replay may hold, are a reason.
            state.client.resyncs == 0 || state.oldest > 1 || state.log > super::REPLAY
        }),
        Property::sometimes("a client has everything at its last connection", |_: &Stream, state: &State| {
            state.left == 0 && state.connection.is_some() && state.client.covered == LAST && state.client.resyncs == 0
        }),
        Property::sometimes("a client is told to read the lists", |_: &Stream, state: &State| state.client.resyncs > 0),
    ]
}
