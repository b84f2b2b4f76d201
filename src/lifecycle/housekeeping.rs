//! Removes what has expired, so that the tables do not grow. Correctness never waits for it: every claim checks the expiry
//! itself.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::{store::Store, stream::tireless::Tireless};

const EVERY: Duration = Duration::from_secs(60);

/// Sweeps once a minute until `stop` is cancelled.
pub(super) fn start(runtime: &Handle, store: &Store, stop: &CancellationToken) {
    let (store, stop) = (store.clone(), stop.clone());
    runtime.spawn(Tireless::new("housekeeping").run(stop, move || {
        let store = store.clone();
        async move {
            tokio::time::sleep(EVERY).await;
            let swept = store.in_system("sweep what has expired", |tx| Box::pin(tx.sweep_expired()));
            swept.await.map(|swept| tracing::debug!(?swept, "swept"))
        }
    }));
}
