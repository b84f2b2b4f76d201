//! `voxgate keys …`: make, rotate, seal anew, retire.

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use rustix::fs::{FlockOperation, flock};

use super::{
    StartError,
    commands::say,
    key_watch,
    node::store_settings,
    serve::{load, work_runtime},
};
use crate::{
    cli::KeysCommand,
    config::Needs,
    crypto::{
        entropy::system_world,
        keys::{KeyFile, SETTLING},
        seal::Sealer,
    },
    store::Store,
    tenant::flows::{Resealed, reseal, stale_values},
};

pub(super) fn run(config: Option<PathBuf>, command: &KeysCommand) -> Result<(), StartError> {
    match command {
        KeysCommand::Generate { out } => {
            generate(out)?;
            say(&format!(
                "Wrote new keys to {}. Keep a copy in a safe place: without them no second factor can be read.",
                out.display()
            ));
            Ok(())
        }
        KeysCommand::Rotate { file, signing, sealing } => rotate(file, *signing, *sealing),
        KeysCommand::Reseal => reseal_all(config),
        KeysCommand::Retire { file, signing, sealing } => retire(config, file, *signing, *sealing),
    }
}

/// A node that reads the file learns of a change within this time.
const KNOWN_EVERYWHERE: Duration = Duration::from_secs(5);

/// Makes a key file, readable by its owner only; never overwrites one.
pub(super) fn generate(path: &Path) -> Result<KeyFile, StartError> {
    if path.exists() {
        return Err(StartError::Exists(path.to_owned()));
    }
    let keys = KeyFile::generate(&system_world());
    keys.save(path)?;
    Ok(keys)
}

/// Without a switch both kinds are rotated.
fn rotate(file: &Path, signing: bool, sealing: bool) -> Result<(), StartError> {
    let world = system_world();
    let both = !signing && !sealing;
    let _alone = lock(file)?;
    let mut keys = KeyFile::load(file)?;
    let mut added = Vec::new();
    if signing || both {
        added.push(format!("signing key {}", keys.add_signing(&world)));
    }
    if sealing || both {
        added.push(format!("sealing key {}", keys.add_sealing(&world)));
    }
    keys.save(file)?;
    say(&format!(
        "Added {}. Nodes that read this file know it within seconds and use it ten seconds later.",
        added.join(" and ")
    ));
    Ok(())
}

fn retire(config: Option<PathBuf>, file: &Path, signing: bool, sealing: bool) -> Result<(), StartError> {
    if !signing && !sealing {
        return Err(StartError::Choose("say which keys to drop: --signing, --sealing or both"));
    }
    let _alone = lock(file)?;
    let mut keys = KeyFile::load(file)?;
    if sealing {
        let waiting = stale(config, &keys)?;
        if waiting > 0 {
            return Err(StartError::StillSealed(waiting));
        }
    }
    let mut dropped = if signing { keys.retire_signing() } else { Vec::new() };
    if sealing {
        dropped.extend(keys.retire_sealing());
    }
    if dropped.is_empty() {
        say("There are no old keys in the file.");
        return Ok(());
    }
    keys.save(file)?;
    say(&format!("Dropped {}. Nodes that read this file refuse them within seconds.", dropped.join(", ")));
    Ok(())
}

/// Keeps two programs from changing the file at once. Held until the answer is dropped.
fn lock(file: &Path) -> Result<File, StartError> {
    let failed = |error| StartError::System { what: "the key file cannot be opened", error };
    let open = File::open(file).map_err(failed)?;
    flock(&open, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
    Ok(open)
}

fn reseal_all(config: Option<PathBuf>) -> Result<(), StartError> {
    let settings = load(config, Needs::Serving)?;
    let file = settings.keys.file.clone().unwrap_or_default();
    let sealer = Arc::new(Sealer::new(&KeyFile::load(&file)?)?);
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    let Resealed { done, unopened } = runtime.block_on(async {
        // Before that some node may not open what the new key sealed, or may still seal with the one before.
        let young = (SETTLING + KNOWN_EVERYWHERE).checked_sub(key_watch::age(&file, &system_world()));
        if let Some(wait) = young.filter(|wait| !wait.is_zero()) {
            say(&format!(
                "The key file was just changed: waiting {} s until every node goes by it.",
                wait.as_secs() + 1
            ));
            tokio::time::sleep(wait).await;
        }
        let store = Store::connect(store_settings(&settings), handle).await?;
        reseal(&store, &sealer, &system_world()).await
    })?;
    if unopened > 0 {
        return Err(StartError::Unopened { done, unopened });
    }
    say(&format!("Sealed {done} values anew; everything stored is sealed with the present key now."));
    Ok(())
}

/// How many stored values another than the present key of `keys` sealed.
fn stale(config: Option<PathBuf>, keys: &KeyFile) -> Result<u64, StartError> {
    let settings = load(config, Needs::Serving)?;
    let present = Sealer::new(keys)?.present_key();
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    Ok(runtime.block_on(async {
        let store = Store::connect(store_settings(&settings), handle).await?;
        stale_values(&store, &[present]).await
    })?)
}
