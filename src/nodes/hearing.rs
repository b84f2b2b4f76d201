//! What a node does with what it hears. Two tasks: one sorts, which takes no time; one pulls revocations and confirms
//! them, as often as the database answers, however many hints come meanwhile.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc},
};
use tokio_util::sync::CancellationToken;

use super::Nodes;
use crate::{
    bus::{Heard, Hint},
    domain::ids::RevocationId,
};

/// Acts that wait to be confirmed. More are not confirmed: they count all the same.
const MOST_ACTS: usize = 10_000;

/// What waits to be done.
#[derive(Default)]
pub(super) struct Hearing {
    pull: Notify,
    acts: Mutex<Vec<RevocationId>>,
}

impl Hearing {
    /// Starts both tasks; they end when `stop` is cancelled.
    pub(super) fn start(nodes: &Nodes, hears: mpsc::Receiver<Heard>, runtime: &Handle, stop: &CancellationToken) {
        let hearing = Arc::new(Self::default());
        let (sorting, pulling) = (Arc::clone(&hearing).sort(nodes.clone(), hears), hearing.answer(nodes.clone()));
        let end = stop.clone();
        runtime.spawn(async move {
            tokio::select! { () = end.cancelled() => {}, () = sorting => {} }
        });
        let end = stop.clone();
        runtime.spawn(async move {
            tokio::select! { () = end.cancelled() => {}, () = pulling => {} }
        });
    }

    async fn sort(self: Arc<Self>, nodes: Nodes, mut hears: mpsc::Receiver<Heard>) {
        while let Some(heard) = hears.recv().await {
            match heard {
                Heard::Missed => self.pull.notify_one(),
                Heard::Said { hint: Hint::Beat, .. } => {}
                Heard::Said { hint: Hint::Revoked { acts }, .. } => self.asked(acts),
                Heard::Said { from, hint: Hint::Applied { acts } } => nodes.0.receipts.confirmed(from, &acts),
                Heard::Said { hint: Hint::Numbered { heads }, .. } => {
                    heads.iter().for_each(|(company, head)| nodes.0.tools.audience.head_moved(*company, *head));
                }
                Heard::Said { hint: Hint::Left { sockets }, .. } => {
                    sockets.iter().for_each(|departure| nodes.0.tools.audience.left(departure));
                }
            }
        }
    }

    fn asked(&self, acts: Vec<RevocationId>) {
        let mut waiting = self.acts.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST_ACTS {
            waiting.extend(acts);
        }
        drop(waiting);
        self.pull.notify_one();
    }

    /// The acts are taken before the pull begins, so that it sees all of them.
    async fn answer(self: Arc<Self>, nodes: Nodes) {
        loop {
            self.pull.notified().await;
            let acts = std::mem::take(&mut *self.acts.lock().unwrap_or_else(PoisonError::into_inner));
            match nodes.0.tools.feed.catch_up().await {
                Ok(_) if acts.is_empty() => {}
                Ok(new) => {
                    let closed = |act| new.iter().find(|(id, _)| *id == act).map_or(0, |(_, closed)| *closed as u64);
                    let acts = acts.into_iter().map(|act| (act, closed(act))).collect();
                    nodes.0.bus.tell(Hint::Applied { acts });
                }
                // Not confirmed. The next look of the feed brings them, and says what is wrong.
                Err(error) => tracing::debug!(%error, "revocations were not pulled on a hint"),
            }
        }
    }
}
