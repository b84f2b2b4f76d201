//! Moves committed events from the outbox into the numbered, hash-chained audit log and hands them to the audience.
//!
//! Every node runs one; an advisory lock and row locks inside [`move_outbox`](crate::store::SystemTx::move_outbox)
//! let one work at a time. Rows are handed on only after their commit, so nobody sees what may still roll back.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Audience, tireless::Tireless};
use crate::store::{Store, StoreError};

/// Rows moved in one transaction: large enough to carry thousands a second, small enough to hold locks for milliseconds.
const BATCH: u16 = 500;
/// How long an event may wait when its notice was lost (another node recorded it).
const PATIENCE: Duration = Duration::from_millis(250);
/// The least time between two rounds. What is recorded meanwhile shares the next one: a round costs a commit and as many
/// round trips whether it moves one event or hundreds, and on a busy node they would take the machine from the business.
const PACE: Duration = Duration::from_millis(15);

/// The sequencer of this node.
#[derive(Clone)]
pub struct Sequencer {
    store: Store,
    audience: Arc<dyn Audience>,
}

impl Sequencer {
    /// A sequencer over `store` that tells `audience`.
    pub fn new(store: Store, audience: Arc<dyn Audience>) -> Self {
        Self { store, audience }
    }

    /// Works until `stop` is cancelled: on every notice of a recorded event, and every 250 ms without one.
    pub async fn run(self, tireless: Tireless, stop: CancellationToken) {
        let recorded = self.store.recorded();
        tireless
            .run(stop, || async {
                // Timed out or notified: either way the outbox itself says what there is to do.
                let _ = tokio::time::timeout(PATIENCE, recorded.notified()).await;
                if self.drain().await? > 0 {
                    tokio::time::sleep(PACE).await;
                }
                Ok(())
            })
            .await;
    }

    /// Moves everything that is in the outbox now; returns the number of rows moved. Tests step the sequencer by it.
    pub async fn drain(&self) -> Result<u64, StoreError> {
        let mut moved = 0;
        loop {
            let batch = self
                .store
                .in_system("sequence the outbox", |tx| Box::pin(async move { tx.move_outbox(BATCH.into()).await }));
            let batch: Vec<_> = batch.await?.into_inner();
            let mut rows_in_batch = 0;
            for (company, rows) in batch {
                rows_in_batch += rows.len();
                self.audience.sequenced(company, rows.into_iter().map(Arc::new).collect());
            }
            moved += rows_in_batch as u64;
            if rows_in_batch < usize::from(BATCH) {
                return Ok(moved);
            }
        }
    }
}
