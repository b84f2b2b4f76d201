//! Signed checkpoints of the audit log.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use time::{Date, OffsetDateTime};
use uuid::Uuid;
use voxgate_entity::audit_checkpoints::{Column, Entity, Model};

use super::{StoreError, SystemTx, row, unit::Unit};
use crate::domain::{
    audit::{Checkpoint, SignedCheckpoint},
    ids::CompanyId,
};

/// Companies whose log has grown since their last checkpoint and that have none for today.
const DUE: &str = "SELECT h.company_id, (now() AT TIME ZONE 'UTC')::date, h.seq, h.hash, h.seq - coalesce(last.seq, 0),
      clock_timestamp()
    FROM audit_heads h LEFT JOIN LATERAL (SELECT seq, day FROM audit_checkpoints k
      WHERE k.company_id = h.company_id ORDER BY day DESC LIMIT 1) last ON true
    WHERE h.seq > coalesce(last.seq, 0) AND (last.day IS NULL OR last.day < (now() AT TIME ZONE 'UTC')::date)
    ORDER BY h.company_id LIMIT $1";

const CLAIM: &str = "INSERT INTO audit_checkpoints (company_id, day, seq, hash, rows, at, key_id, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";

impl SystemTx {
    /// Checkpoints that are to be signed, at most so many.
    pub async fn due_checkpoints(&self, limit: u32) -> Result<Vec<Checkpoint>, StoreError> {
        let rows = self.unit.rows(DUE, [i64::from(limit).into()]).await?;
        let read = |row: &sea_orm::QueryResult| {
            type Columns = (Uuid, Date, i64, Vec<u8>, i64, OffsetDateTime);
            let (company, day, seq, hash, rows, at): Columns = row.try_get_many_by_index()?;
            let hash = row::digest(hash, "audit_heads", company)?;
            Ok(Checkpoint { company: company.into(), day, seq, hash, rows, at })
        };
        rows.iter().map(read).collect()
    }

    /// Keeps a signed checkpoint. Guarantees: one a day and company, however many nodes sign at the same moment; false
    /// for all but the first.
    pub async fn claim_checkpoint(&self, signed: &SignedCheckpoint) -> Result<bool, StoreError> {
        let Checkpoint { company, day, seq, hash, rows, at } = &signed.checkpoint;
        let values = [
            company.0.into(),
            (*day).into(),
            (*seq).into(),
            hash.to_vec().into(),
            (*rows).into(),
            (*at).into(),
            signed.key_id.as_str().into(),
            signed.signature.as_str().into(),
        ];
        Ok(self.unit.touched(CLAIM, values).await? == 1)
    }
}

/// A company's checkpoints, oldest first.
pub(super) async fn of_company(unit: &Unit, company: CompanyId) -> Result<Vec<SignedCheckpoint>, StoreError> {
    let query = Entity::find().filter(Column::CompanyId.eq(company.0));
    query.order_by_asc(Column::Seq).all(unit).await?.into_iter().map(read).collect()
}

fn read(row: Model) -> Result<SignedCheckpoint, StoreError> {
    let key = format!("{}/{}", row.company_id, row.day);
    Ok(SignedCheckpoint {
        checkpoint: Checkpoint {
            company: row.company_id.into(),
            day: row.day,
            seq: row.seq,
            hash: row::digest(row.hash, "audit_checkpoints", key)?,
            rows: row.rows,
            at: row.at,
        },
        key_id: row.key_id,
        signature: row.signature,
    })
}
