//! `voxgate recovered`: the database was brought back from a backup. What was issued since that backup is void from now
//! on, whatever the backup knows of it; afterwards the installation's epoch rises, which every client is told.

use std::path::PathBuf;

use super::{StartError, commands::say, operator::with_node};
use crate::{
    cli::RecoveredArgs,
    tenant::{Tenants, flows::Recover},
};

pub(super) fn run(config: Option<PathBuf>, args: RecoveredArgs) -> Result<(), StartError> {
    let said = with_node(config, async move |tenants| recover(&tenants, args).await)?;
    say(&said);
    Ok(())
}

/// Company by company. When it is stopped half-way it may be done again: that only voids once more.
async fn recover(tenants: &Tenants, args: RecoveredArgs) -> Result<String, StartError> {
    let companies = tenants.store().in_system("list companies to be recovered", |tx| Box::pin(tx.all_companies()));
    let companies = companies.await?.into_inner();
    let (count, mut sessions) = (companies.len(), 0);
    for company in companies {
        let recovered = tenants.run(Recover { company, backup_codes: args.void_backup_codes }).await;
        sessions += recovered.map_err(|refusal| StartError::Refused {
            what: format!("company {company} was not recovered; do it again"),
            refusal,
        })?;
    }
    let epoch = tenants.store().in_system("raise the epoch", |tx| Box::pin(tx.raise_epoch())).await?.into_inner();
    let codes = if args.void_backup_codes { ", and every backup code" } else { "" };
    Ok(format!(
        "Recovered {count} companies: ended {sessions} sessions, voided every access token, challenge, ticket and \
         link{codes}. The epoch is {epoch} now."
    ))
}
