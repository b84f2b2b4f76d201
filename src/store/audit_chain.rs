//! Verifying a company's audit log: one walk along its chain past its signed checkpoints, read in pages, for the API and for the command line.

use futures_util::future::BoxFuture;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use voxgate_entity::{
    audit_heads,
    audit_logs::{Column, Entity},
};

use super::{Store, StoreError, audit, checkpoints, row, unit::Unit};
use crate::domain::{
    audit::{AuditRow, Fault, GENESIS, SignedCheckpoint, Walk, Witness},
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
    /// The last checkpoint, good or not.
    pub last_checkpoint: Option<SignedCheckpoint>,
    /// The first place that does not hold; none: the log is whole.
    pub fault: Option<Fault>,
}

type Page = Vec<Result<AuditRow, i64>>;

impl Store {
    /// Walks a company's chain from its first row, or from the checkpoint up to which rows are gone, to the end it had
    /// when this began. `vouch` says whether the signature of a checkpoint is good.
    pub async fn verify_audit(
        &self,
        company: CompanyId,
        reader: Reader,
        vouch: impl Fn(&SignedCheckpoint) -> bool,
    ) -> Result<Verification, StoreError> {
        // Checkpoints before the head: none of them is ahead of it then, unless the log was cut off.
        let signed =
            self.as_reader(company, reader, move |unit| Box::pin(checkpoints::of_company(unit, company))).await?;
        let (head, hash) = self.as_reader(company, reader, move |unit| Box::pin(head(unit, company))).await?;
        let witnesses = signed.iter().map(|signed| Witness {
            seq: signed.checkpoint.seq,
            hash: signed.checkpoint.hash,
            genuine: vouch(signed),
        });
        let first = self.chain_page(company, reader, 0).await?.first().map_or(head + 1, seq_of);
        let walk = Walk::past(witnesses.collect(), first - 1);
        let (walk, fault) = self.walk_on(company, reader, walk, head).await?;
        let fault = fault.or_else(|| walk.end(head, &hash).err());
        Ok(Verification { walk, head, last_checkpoint: signed.into_iter().next_back(), fault })
    }

    async fn walk_on(
        &self,
        company: CompanyId,
        reader: Reader,
        mut walk: Walk,
        head: i64,
    ) -> Result<(Walk, Option<Fault>), StoreError> {
        while walk.seq() < head {
            let mut page = self.chain_page(company, reader, walk.seq()).await?;
            page.retain(|row| seq_of(row) <= head);
            if page.is_empty() {
                break;
            }
            for row in &page {
                if let Err(fault) = walk.step(row.as_ref().map_err(|seq| *seq)) {
                    return Ok((walk, Some(fault)));
                }
            }
        }
        Ok((walk, None))
    }

    async fn chain_page(&self, company: CompanyId, reader: Reader, after: i64) -> Result<Page, StoreError> {
        self.as_reader(company, reader, move |unit| Box::pin(page(unit, company, after))).await
    }

    async fn as_reader<T, W>(&self, company: CompanyId, reader: Reader, work: W) -> Result<T, StoreError>
    where
        W: for<'u> FnOnce(&'u Unit) -> BoxFuture<'u, Result<T, StoreError>> + Send + 'static,
        T: Send + 'static,
    {
        let done = match reader {
            Reader::Company => self.in_tenant(company, move |tx| work(&tx.unit)).await,
            Reader::System => self.in_system(WHY, move |tx| work(&tx.unit)).await,
        };
        done.map(super::Committed::into_inner)
    }
}

fn seq_of(row: &Result<AuditRow, i64>) -> i64 {
    row.as_ref().map_or_else(|seq| *seq, |row| row.seq)
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
