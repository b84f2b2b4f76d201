//! The background loops of a node: revocation feed, sequencer, heads. Each goes on after errors and panics.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::world::World,
    store::Store,
    stream::{Audience, heads::Heads, revocation::Feed, sequencer::Sequencer, tireless::Tireless},
};

/// Starts the loops. They end when `stop` is cancelled.
pub(super) fn start(
    runtime: &Handle,
    feed: &Feed,
    store: &Store,
    audience: Arc<dyn Audience>,
    world: World,
    stop: &CancellationToken,
) {
    let sequencer = Sequencer::new(store.clone(), Arc::clone(&audience), world);
    let heads = Heads::new(store.clone(), audience);
    runtime.spawn(feed.clone().run(Tireless::new("revocation feed"), stop.clone()));
    runtime.spawn(sequencer.run(Tireless::new("sequencer"), stop.clone()));
    runtime.spawn(heads.run(Tireless::new("stream heads"), stop.clone()));
}
