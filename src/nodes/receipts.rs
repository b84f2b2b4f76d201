//! Who waits for the other nodes to confirm that an act of revocation counts there.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use crate::domain::ids::{NodeId, RevocationId};

/// What the nodes have said about one act.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Confirmation {
    /// Nodes that live, this one included.
    pub nodes_live: u64,
    /// Those of them on which the act counts for certain, this one included.
    pub nodes_acked: u64,
    /// Live sockets the others closed.
    pub sockets_closed: u64,
}

/// The acts somebody waits for.
#[derive(Clone, Default)]
pub(super) struct Receipts(Arc<Mutex<HashMap<RevocationId, Arc<Open>>>>);

struct Open {
    missing: Mutex<HashSet<NodeId>>,
    sockets: Mutex<u64>,
    news: Notify,
}

impl Receipts {
    /// Waits for these nodes to confirm `act`, until the answer is dropped.
    pub(super) fn open(&self, act: RevocationId, others: Arc<[NodeId]>) -> Waiting {
        let missing = Mutex::new(others.iter().copied().collect());
        let open = Arc::new(Open { missing, sockets: Mutex::new(0), news: Notify::new() });
        lock(&self.0).insert(act, Arc::clone(&open));
        Waiting { receipts: self.clone(), act, open, others: others.len() as u64 }
    }

    /// A node says that these acts count there. Nobody may wait for them any more, or ever have.
    pub(super) fn confirmed(&self, from: NodeId, acts: &[(RevocationId, u64)]) {
        for (act, closed) in acts {
            let open = lock(&self.0).get(act).cloned();
            if let Some(open) = open.filter(|open| lock(&open.missing).remove(&from)) {
                *lock(&open.sockets) += closed;
                open.news.notify_one();
            }
        }
    }
}

/// Somebody who waits.
pub(super) struct Waiting {
    receipts: Receipts,
    act: RevocationId,
    open: Arc<Open>,
    others: u64,
}

impl Waiting {
    /// Waits until all have confirmed, and no longer than `patience`.
    pub(super) async fn confirmed_within(self, patience: Duration) -> Confirmation {
        let all = async {
            while !lock(&self.open.missing).is_empty() {
                self.open.news.notified().await;
            }
        };
        let _ = tokio::time::timeout(patience, all).await; // what is missing then is said
        let missing = lock(&self.open.missing).len() as u64;
        let sockets_closed = *lock(&self.open.sockets);
        Confirmation { nodes_live: 1 + self.others, nodes_acked: 1 + self.others - missing, sockets_closed }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        lock(&self.receipts.0).remove(&self.act);
    }
}

// Nothing under these locks can be left half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const LONG: Duration = Duration::from_secs(5);

    fn node(number: u128) -> NodeId {
        NodeId(Uuid::from_u128(number))
    }

    #[tokio::test]
    async fn who_confirms_is_counted_once_and_nobody_is_waited_for_in_vain() {
        let (receipts, act) = (Receipts::default(), RevocationId(Uuid::from_u128(9)));
        let waiting = receipts.open(act, [node(1), node(2)].into());
        receipts.confirmed(node(1), &[(act, 3)]);
        receipts.confirmed(node(1), &[(act, 3)]);
        receipts.confirmed(node(7), &[(act, 50)]);
        let told = receipts.clone();
        let last = tokio::spawn(async move { told.confirmed(node(2), &[(act, 1)]) });
        let expected = Confirmation { nodes_live: 3, nodes_acked: 3, sockets_closed: 4 };
        assert_eq!(waiting.confirmed_within(LONG).await, expected);
        last.await.unwrap();
        assert!(lock(&receipts.0).is_empty(), "nobody waits any more");
        receipts.confirmed(node(2), &[(act, 1)]);
    }

    #[tokio::test]
    async fn who_is_silent_is_named_missing_when_the_time_is_over() {
        let (receipts, act) = (Receipts::default(), RevocationId(Uuid::from_u128(9)));
        let waiting = receipts.open(act, [node(1), node(2)].into());
        receipts.confirmed(node(2), &[(act, 0)]);
        let expected = Confirmation { nodes_live: 3, nodes_acked: 2, sockets_closed: 0 };
        assert_eq!(waiting.confirmed_within(Duration::from_millis(1)).await, expected);
    }
}
