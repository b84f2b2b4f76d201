//! `voxgate audit verify`: walks the hash chains and names the first row that does not fit.

use std::fmt::Write;

use super::StartError;
use crate::{
    domain::ids::CompanyId,
    store::{Reader, Store},
};

/// Verifies one company's log or all of them. Answers what was verified.
pub(super) async fn verify(store: &Store, company: Option<&str>) -> Result<String, StartError> {
    let companies = match company {
        Some(named) => vec![named_company(store, named).await?],
        None => {
            let heads = store.in_system("verify the audit log", |tx| Box::pin(tx.all_audit_heads())).await?;
            heads.into_inner().into_iter().map(|(company, _)| company).collect()
        }
    };
    let (mut rows, mut faults) = (0, String::new());
    for company in &companies {
        let found = store.verify_audit(*company, Reader::System).await?;
        rows += found.walk.rows();
        if let Some(fault) = found.fault {
            // Writing to text does not fail.
            let _ = write!(faults, "\ncompany {company}: row {} of the audit log {}", fault.seq, fault.flaw.describe());
        }
    }
    if faults.is_empty() {
        let companies = companies.len();
        Ok(format!("The audit log is whole: {rows} rows of {companies} companies verified."))
    } else {
        Err(StartError::Audit(format!("the audit log is not whole:{faults}")))
    }
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
