//! Follows the key file while serving: a key that was added is known and a key that was removed is refused within a few
//! seconds, without a restart. A file that cannot be used is reported, and the keys in use stay.

use std::{
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use time::OffsetDateTime;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use crate::{
    crypto::keys::{KeyFile, KeyFileError, SETTLING},
    domain::world::World,
    stream::tireless::Tireless,
    tenant::Services,
};

/// The file is looked at this often.
const EVERY: Duration = Duration::from_secs(2);

/// Which state of the file a node goes by: the file itself, and whether its newest keys may be used already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Mark {
    written: Option<SystemTime>,
    inode: u64,
    settled: bool,
}

/// Watches `file` until `stop` is cancelled.
pub(super) fn start(runtime: &Handle, file: PathBuf, services: Arc<Services>, stop: &CancellationToken) {
    let stop = stop.clone();
    let mut known = None;
    runtime.spawn(Tireless::new("key file").run(stop, move || {
        let seen = look(&file, &services.world);
        if seen.is_some() && seen != known {
            known = seen;
            follow(&file, &services);
        }
        async {
            tokio::time::sleep(EVERY).await;
            Ok::<_, crate::store::StoreError>(())
        }
    }));
}

fn look(file: &Path, world: &World) -> Option<Mark> {
    let facts = std::fs::metadata(file).ok()?;
    let written = facts.modified().ok();
    Some(Mark { written, inode: facts.ino(), settled: age(file, world) >= SETTLING })
}

/// How long ago the file was written. A clock that was set back makes it young, which is the careful answer.
pub(super) fn age(file: &Path, world: &World) -> Duration {
    let written = std::fs::metadata(file).and_then(|facts| facts.modified());
    let age = written.ok().map(|written| world.now() - OffsetDateTime::from(written));
    age.and_then(|age| Duration::try_from(age).ok()).unwrap_or_default()
}

fn follow(file: &Path, services: &Services) {
    let used = load(file, &services.world).and_then(|keys| {
        let faults = |fault| KeyFileError::Faults { path: file.display().to_string(), faults: vec![fault] };
        services.access.replace(&keys).map_err(faults)?;
        services.sealer.replace(&keys).map_err(faults)
    });
    match used {
        Ok(()) => tracing::info!("the key file was read"),
        Err(error) => tracing::error!(%error, "the key file cannot be used; the keys in use stay"),
    }
}

/// Reads the file as a node should use it now.
pub(super) fn load(file: &Path, world: &World) -> Result<KeyFile, KeyFileError> {
    Ok(KeyFile::load(file)?.settled(age(file, world)))
}
