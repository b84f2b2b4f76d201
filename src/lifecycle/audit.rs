//! `voxgate audit …`: walk the hash chains and name the first row that does not fit, sign checkpoints, let old rows go.

use std::fmt::Write;

use super::StartError;
use crate::{
    crypto::token::AccessTokens,
    domain::ids::CompanyId,
    store::{Reader, Store},
    tenant::flows::{prune_audit, sign_checkpoints, verify_audit},
};

/// Verifies one company's log or all of them. Answers what was verified.
pub(super) async fn verify(store: &Store, keys: &AccessTokens, company: Option<&str>) -> Result<String, StartError> {
    let companies = match company {
        Some(named) => vec![named_company(store, named).await?],
        None => {
            let heads = store.in_system("verify the audit log", |tx| Box::pin(tx.all_audit_heads())).await?;
            heads.into_inner().into_iter().map(|(company, _)| company).collect()
        }
    };
    let (mut rows, mut checkpoints, mut faults) = (0, 0, String::new());
    for company in &companies {
        let found = verify_audit(store, keys, *company, Reader::System).await?;
        rows += found.walk.rows();
        checkpoints += found.walk.checkpoints();
        if let Some(fault) = found.fault {
            // Writing to text does not fail.
            let _ = write!(faults, "\ncompany {company}: row {} of the audit log {}", fault.seq, fault.flaw.describe());
        }
    }
    if faults.is_empty() {
        let companies = companies.len();
        Ok(format!(
            "The audit log is whole: {rows} rows and {checkpoints} signed checkpoints of {companies} companies verified."
        ))
    } else {
        Err(StartError::Audit(format!("the audit log is not whole:{faults}")))
    }
}

/// Signs what is due today.
pub(super) async fn checkpoint(store: &Store, keys: &AccessTokens) -> Result<String, StartError> {
    Ok(format!(
        "Signed {} new checkpoints; every log that has grown has one for today.",
        sign_checkpoints(store, keys).await?
    ))
}

/// Lets go what is too old.
pub(super) async fn prune(store: &Store) -> Result<String, StartError> {
    Ok(format!("Removed {} rows whose time was over.", prune_audit(store).await?))
}

/// A company by its short name or its id.
pub(super) async fn named_company(store: &Store, named: &str) -> Result<CompanyId, StartError> {
    if let Ok(id) = uuid::Uuid::parse_str(named) {
        return Ok(id.into());
    }
    let slug = named.to_owned();
    let found =
        store.in_system("find a company by its name", move |tx| Box::pin(async move { tx.company_named(&slug).await }));
    found.await?.into_inner().ok_or_else(|| StartError::NoCompany(named.to_owned()))
}
