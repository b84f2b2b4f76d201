//! The short commands: migrate, keys, audit, openapi, config.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use super::{
    StartError,
    serve::{load, work_runtime},
};
use crate::{
    cli::{AuditCommand, ConfigCommand, KeysCommand},
    config::{DEFAULTS, Needs, Settings, Sources},
    crypto::{entropy::system_world, keys::KeyFile},
    store,
};

pub(super) fn migrate(config: Option<PathBuf>) -> Result<(), StartError> {
    let settings = load(config, Needs::Owner)?;
    let url = settings.database.owner_url.unwrap_or_default();
    migrate_url(url.expose_secret())?;
    say("The database is up to date.");
    Ok(())
}

/// Brings a database to the newest schema, as its owner.
pub(super) fn migrate_url(url: &str) -> Result<(), StartError> {
    let migrated = work_runtime()?.block_on(voxgate_migration::migrate(url));
    migrated.map_err(|error| StartError::Migration(error.to_string()))
}

pub(super) fn keys(command: &KeysCommand) -> Result<(), StartError> {
    let KeysCommand::Generate { out } = command;
    generate_keys(out)?;
    say(&format!(
        "Wrote new keys to {}. Keep a copy in a safe place: without them no second factor can be read.",
        out.display()
    ));
    Ok(())
}

/// Makes a key file, readable by its owner only; never overwrites one.
pub(super) fn generate_keys(path: &Path) -> Result<KeyFile, StartError> {
    if path.exists() {
        return Err(StartError::Exists(path.to_owned()));
    }
    let keys = KeyFile::generate(&system_world());
    keys.save(path)?;
    Ok(keys)
}

pub(super) fn audit(config: Option<PathBuf>, command: &AuditCommand) -> Result<(), StartError> {
    let AuditCommand::Verify { company } = command;
    let settings = load(config, Needs::Sequencer)?;
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    let report = runtime.block_on(async {
        let store = store::Store::connect(super::node::store_settings(&settings), handle).await?;
        super::audit::verify(&store, *company).await
    })?;
    say(&report);
    Ok(())
}

pub(super) fn openapi() -> Result<(), StartError> {
    say(&openapi_document());
    Ok(())
}

/// The OpenAPI 3.1 document, as `/api/openapi.json` serves it.
pub fn openapi_document() -> String {
    serde_json::to_string_pretty(&crate::http::document()).unwrap_or_default()
}

pub(super) fn config(config: Option<PathBuf>, command: &ConfigCommand) -> Result<(), StartError> {
    let ConfigCommand::Check { defaults } = command;
    if *defaults {
        say(DEFAULTS);
        return Ok(());
    }
    Settings::load(&Sources::of_process(config), Needs::Serving)?;
    say("The settings are sound.");
    Ok(())
}

/// Answers on standard output. A reader that went away (a closed pipe) is no error of ours.
pub(super) fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}
