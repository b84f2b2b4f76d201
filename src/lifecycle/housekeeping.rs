//! Removes what has expired, so that the tables do not grow. Correctness never waits for it: every claim checks the expiry
//! itself. Also says when events wait in the outbox that this version cannot read.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::{
    store::{Store, StoreError},
    stream::tireless::Tireless,
};

const EVERY: Duration = Duration::from_secs(60);

/// Sweeps once a minute until `stop` is cancelled.
pub(super) fn start(runtime: &Handle, store: &Store, stop: &CancellationToken) {
    let (store, stop) = (store.clone(), stop.clone());
    let told = Arc::new(AtomicI64::new(0));
    runtime.spawn(Tireless::new("housekeeping").run(stop, move || {
        let (store, told) = (store.clone(), Arc::clone(&told));
        async move {
            tokio::time::sleep(EVERY).await;
            let swept = store.in_system("sweep what has expired", |tx| Box::pin(tx.sweep_expired()));
            swept.await.map(|swept| tracing::debug!(?swept, "swept"))?;
            store.in_system("forget lost nodes", |tx| Box::pin(tx.forget_lost_nodes())).await?;
            notice_unreadable(&store, &told).await
        }
    }));
}

/// Events of a newer version wait for a node of that version. Said once for every change of their number.
async fn notice_unreadable(store: &Store, told: &AtomicI64) -> Result<(), StoreError> {
    let waiting = store.in_system("count unreadable events", |tx| Box::pin(tx.unreadable_events())).await?.into_inner();
    if told.swap(waiting, Ordering::Relaxed) != waiting && waiting > 0 {
        tracing::warn!(waiting, "events in the outbox that this version cannot read wait for one that can");
    }
    Ok(())
}
