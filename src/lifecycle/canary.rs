//! The canary: a company that does not exist tries to reach the others' rows every few minutes. `serve` looks at the
//! catalog before it opens its doors; this notices a wall that falls later, by somebody's hand on the database.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::{
    domain::{ids::CompanyId, world::World},
    signals::meter,
    store::{Store, StoreError},
    stream::tireless::Tireless,
};

/// Lets the canary try every `every`, the first time at once, until `stop` is cancelled.
pub(super) fn start(runtime: &Handle, store: &Store, world: &World, every: Duration, stop: &CancellationToken) {
    let (store, stop, canary) = (store.clone(), stop.clone(), world.id::<CompanyId>());
    let mut first = true;
    runtime.spawn(Tireless::new("canary").run(stop, move || {
        let (store, wait) = (store.clone(), if std::mem::take(&mut first) { Duration::ZERO } else { every });
        async move {
            tokio::time::sleep(wait).await;
            judge(store.try_to_cross(canary).await)
        }
    }));
}

fn judge(tried: Result<Vec<String>, StoreError>) -> Result<(), StoreError> {
    let crossed = tried.inspect_err(|_| meter::walls("unanswered"))?;
    meter::set("voxgate_walls_intact", if crossed.is_empty() { 1.0 } else { 0.0 });
    meter::walls(if crossed.is_empty() { "stopped" } else { "crossed" });
    for how in crossed {
        tracing::error!(how, "A WALL BETWEEN COMPANIES HAS FALLEN: stop serving and run `voxgate doctor`");
    }
    Ok(())
}
