//! Moves committed events from the outbox into the numbered, hash-chained audit log and hands them to the audience.
//!
//! Every node runs one; an advisory lock and row locks inside [`move_outbox`](crate::store::SystemTx::move_outbox)
//! let one work at a time. Rows are handed on only after their commit, so nobody sees what may still roll back.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{Audience, tireless::Tireless};
use crate::{
    domain::{audit::AuditRow, ids::CompanyId, world::World},
    signals::meter,
    store::{Store, StoreError},
};

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
    world: World,
}

impl Sequencer {
    /// A sequencer over `store` that tells `audience`.
    pub fn new(store: Store, audience: Arc<dyn Audience>, world: World) -> Self {
        Self { store, audience, world }
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
            self.count(&batch);
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

    /// Counts what was numbered, by kind, and how long the oldest waited. The clock of the database dates events and this
    /// node's is asked here, so the lag is as exact as the two agree.
    fn count(&self, batch: &[(CompanyId, Vec<AuditRow>)]) {
        let rows = batch.iter().flat_map(|(_, rows)| rows);
        let Some(oldest) = rows.clone().map(|row| row.at).min() else { return };
        let lag = Duration::try_from(self.world.now() - oldest).unwrap_or_default();
        let mut kinds = BTreeMap::<_, u64>::new();
        for row in rows {
            *kinds.entry(row.kind.as_str()).or_default() += 1;
        }
        meter::sequenced(batch.iter().map(|(_, rows)| rows.len()).sum(), lag);
        kinds.into_iter().for_each(|(kind, count)| meter::events(kind, count));
    }
}
