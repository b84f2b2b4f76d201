//! `voxgate audit verify`: walks the hash chains and names the first row that does not fit.

use uuid::Uuid;

use super::StartError;
use crate::{
    domain::{
        audit::{AuditRow, GENESIS, canonical, link},
        ids::CompanyId,
    },
    store::Store,
};

const PAGE: u64 = 1_000;

/// Verifies one company's log or all of them. Answers what was verified.
pub(super) async fn verify(store: &Store, company: Option<Uuid>) -> Result<String, StartError> {
    let heads = store.in_system("verify the audit log", |tx| Box::pin(tx.all_audit_heads())).await?.into_inner();
    let wanted = heads.into_iter().filter(|(id, _)| company.is_none_or(|company| company == id.0));
    let (mut companies, mut rows) = (0, 0);
    for (company, head) in wanted {
        rows += walk(store, company, head).await?;
        companies += 1;
    }
    Ok(format!("The audit log is whole: {rows} rows of {companies} companies verified."))
}

/// Walks one company's chain up to `head`.
async fn walk(store: &Store, company: CompanyId, head: i64) -> Result<i64, StartError> {
    let (mut seq, mut hash) = (0, GENESIS);
    while seq < head {
        let page = store.in_system("verify the audit log", move |tx| Box::pin(tx.audit_page(company, seq, PAGE)));
        let page = page.await?.into_inner();
        if page.is_empty() {
            return Err(broken(company, seq + 1, "is missing"));
        }
        for row in page {
            fits(&row, seq + 1, &hash).map_err(|what| broken(company, seq + 1, what))?;
            (seq, hash) = (row.seq, row.hash);
        }
    }
    Ok(seq)
}

fn fits(row: &AuditRow, seq: i64, prev: &[u8; 32]) -> Result<(), &'static str> {
    match row {
        row if row.seq != seq => Err("is missing"),
        row if row.prev_hash != *prev => Err("does not follow the row before it"),
        row if row.hash != link(prev, seq, &canonical(row)) => Err("was changed"),
        _ => Ok(()),
    }
}

fn broken(company: CompanyId, seq: i64, what: &str) -> StartError {
    StartError::Audit(format!("company {company}: row {seq} of the audit log {what}"))
}
