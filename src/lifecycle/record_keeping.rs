//! Keeps the audit log while serving: a signed checkpoint a day, rows let go when their time is over. Every node does it;
//! what was done once is not done again.

use std::{sync::Arc, time::Duration};

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::{
    stream::tireless::Tireless,
    tenant::{
        Services,
        flows::{KeepingError, keep_audit},
    },
};

/// A new day's checkpoints are signed within this time.
const EVERY: Duration = Duration::from_secs(600);

/// Looks after the log every ten minutes until `stop` is cancelled.
pub(super) fn start(runtime: &Handle, services: &Arc<Services>, stop: &CancellationToken) {
    let (services, stop) = (Arc::clone(services), stop.clone());
    runtime.spawn(Tireless::new("record keeping").run(stop, move || {
        let services = Arc::clone(&services);
        async move {
            tokio::time::sleep(EVERY).await;
            match keep_audit(&services.store, &services.access).await {
                Ok(kept) => tracing::debug!(?kept, "the audit log is kept"),
                Err(KeepingError::Store(error)) => return Err(error),
                Err(KeepingError::Sign(error)) => tracing::error!(%error, "a checkpoint could not be signed"),
            }
            Ok(())
        }
    }));
}
