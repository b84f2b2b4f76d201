//! A node without others, for tests.

use std::{sync::Arc, time::Duration};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Nodes, Settings, Tools};
use crate::{
    bus::{self, Kind, in_process::Room},
    domain::ids::NodeId,
    store::Store,
    stream::{Audience, revocation::Feed},
};

/// Knows of nobody and tells nobody.
pub(crate) fn alone(store: &Store, feed: &Feed, audience: Arc<dyn Audience>) -> Nodes {
    let tools = Tools { store: store.clone(), feed: feed.clone(), audience };
    let bus = bus::Settings { kind: Kind::InProcess(Room::default()), channel: "voxgate".into() };
    let settings = Settings { confirm: Duration::ZERO };
    Nodes::join(NodeId(Uuid::nil()), (settings, bus), tools, (&Handle::current(), &CancellationToken::new()))
}
