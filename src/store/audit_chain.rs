//! Verifying a company's audit log: one walk along its chain, read in pages, for the API and for the command line.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use voxgate_entity::{
    audit_heads,
    audit_logs::{Column, Entity},
};

use super::{Store, StoreError, audit, row, unit::Unit};
use crate::domain::{
    audit::{AuditRow, Fault, GENESIS, Walk},
    ids::CompanyId,
};

/// Rows read at once: memory stays small however long the log is.
const PAGE: u64 = 1_000;

/// As whom the log is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// As the company itself, behind its walls.
    Company,
    /// As the role of background work.
    System,
}

/// What a walk along the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// The walk, as far as it came.
    pub walk: Walk,
    /// Where the log should end.
    pub head: i64,
    /// The first place that does not hold; none: the log is whole.
    pub fault: Option<Fault>,
}

type Page = Vec<Result<AuditRow, i64>>;

impl Store {
    /// Walks a company's chain from its first row to the end it had when this began.
    pub async fn verify_audit(&self, company: CompanyId, reader: Reader) -> Result<Verification, StoreError> {
        let (head, hash) = self.chain_head(company, reader).await?;
        let mut walk = Walk::from_genesis();
        while walk.seq() < head {
            let page = self.chain_page(company, reader, walk.seq()).await?;
            if page.is_empty() {
                break;
            }
            for row in page.iter().filter(|row| row.as_ref().map_or_else(|seq| *seq, |row| row.seq) <= head) {
                if let Err(fault) = walk.step(row.as_ref().map_err(|seq| *seq)) {
                    return Ok(Verification { walk, head, fault: Some(fault) });
                }
            }
            if page.iter().all(|row| row.as_ref().map_or_else(|seq| *seq, |row| row.seq) > head) {
                break;
            }
        }
        let fault = walk.end(head, &hash).err();
        Ok(Verification { walk, head, fault })
    }

    async fn chain_head(&self, company: CompanyId, reader: Reader) -> Result<(i64, [u8; 32]), StoreError> {
        let done = match reader {
            Reader::Company => self.in_tenant(company, move |tx| Box::pin(head(&tx.unit, company))).await,
            Reader::System => self.in_system(WHY, move |tx| Box::pin(head(&tx.unit, company))).await,
        };
        done.map(super::Committed::into_inner)
    }

    async fn chain_page(&self, company: CompanyId, reader: Reader, after: i64) -> Result<Page, StoreError> {
        let done = match reader {
            Reader::Company => self.in_tenant(company, move |tx| Box::pin(page(&tx.unit, company, after))).await,
            Reader::System => self.in_system(WHY, move |tx| Box::pin(page(&tx.unit, company, after))).await,
        };
        done.map(super::Committed::into_inner)
    }
}

const WHY: &str = "verify the audit log";

async fn head(unit: &Unit, company: CompanyId) -> Result<(i64, [u8; 32]), StoreError> {
    match audit_heads::Entity::find_by_id(company.0).one(unit).await? {
        Some(head) => Ok((head.seq, row::digest(head.hash, "audit_heads", company.0)?)),
        None => Ok((0, GENESIS)),
    }
}

/// The next rows; a row this version cannot read is answered by its number.
async fn page(unit: &Unit, company: CompanyId, after: i64) -> Result<Page, StoreError> {
    let query = Entity::find().filter(Column::CompanyId.eq(company.0)).filter(Column::Seq.gt(after));
    let rows = query.order_by_asc(Column::Seq).limit(PAGE).all(unit).await?;
    let read = |row: voxgate_entity::audit_logs::Model| {
        let seq = row.seq;
        audit::read(row).map_err(|_| seq)
    };
    Ok(rows.into_iter().map(read).collect())
}
