//! The short commands: migrate, audit, openapi, config.

use std::path::PathBuf;

use secrecy::ExposeSecret;

use super::{
    StartError,
    serve::{load, load_keys, work_runtime},
};
use crate::{
    cli::{AuditCommand, ConfigCommand},
    config::{DEFAULTS, Needs, Settings, Sources},
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

pub(super) fn audit(config: Option<PathBuf>, command: &AuditCommand) -> Result<(), StartError> {
    let settings = load(config, Needs::Auditing)?;
    let keys = super::node::access_tokens(&settings, &load_keys(&settings)?)?;
    let runtime = work_runtime()?;
    let handle = runtime.handle().clone();
    let report = runtime.block_on(async {
        let store = store::Store::connect(super::node::store_settings(&settings), handle).await?;
        match command {
            AuditCommand::Verify { company } => super::audit::verify(&store, &keys, company.as_deref()).await,
            AuditCommand::Checkpoint => super::audit::checkpoint(&store, &keys).await,
            AuditCommand::Prune => super::audit::prune(&store).await,
        }
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
