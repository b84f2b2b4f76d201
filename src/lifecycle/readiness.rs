//! Whether this node may take traffic. What is bad for itself only (a dead bus) is said and keeps nobody away.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::Node;
use crate::{bus::State, http::Readiness};

/// The revocations are pulled once a second. When that has failed for so long the database is lost, and soon the node
/// would have to ask it for every request.
const SILENT_AFTER: Duration = Duration::from_secs(3);

/// Answers `/readyz`, without waiting for anything.
pub(crate) fn of(node: &Node) -> Arc<dyn Fn() -> Readiness + Send + Sync> {
    let (feed, nodes) = (node.feed.clone(), node.nodes.clone());
    Arc::new(move || {
        let mut found = Readiness::default();
        if nodes.is_draining() {
            found.waiting.push("this node is about to stop".to_owned());
        }
        match feed.lag(Instant::now()).filter(|_| feed.is_ready()) {
            None => found.waiting.push("the revocations are not loaded yet".to_owned()),
            Some(lag) if lag >= SILENT_AFTER => {
                found.waiting.push(format!("the database has not answered for {} s", lag.as_secs()));
            }
            Some(_) => {}
        }
        if let State::Degraded(why) = nodes.bus() {
            found.degraded.push(format!("bus: {why}"));
        }
        found
    })
}
