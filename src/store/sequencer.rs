//! Numbering: events leave the outbox, get their company's next number and their place in its hash chain.

use std::collections::BTreeMap;

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, Iden, Iterable, QueryFilter, QueryOrder, QueryResult, Value};
use uuid::Uuid;
use voxgate_entity::{
    audit_heads::{self, Column as HeadColumn},
    audit_logs, outbox,
};

use super::{StoreError, SystemTx, audit, row};
use crate::domain::{
    audit::{AuditRow, Commitment, GENESIS, canonical, link},
    event::{Kind, Severity},
    ids::CompanyId,
};

/// Rows of one INSERT.
const CHUNK: usize = 1000;

/// What [`audit::read`] can make an event of. `$1` and `$2` are [`known_words`].
const READABLE: &str = "kind = ANY(string_to_array($1, ',')) AND severity = ANY(string_to_array($2, ','))
    AND CASE actor_type WHEN 'user' THEN actor_id IS NOT NULL WHEN 'anonymous' THEN actor_id IS NULL
      WHEN 'system' THEN actor_id IS NULL ELSE false END";

/// Where a company's log ends.
type Head = (i64, [u8; 32]);

impl SystemTx {
    /// Moves at most `limit` events from the outbox into the audit log and answers them by company, in order.
    ///
    /// Guarantees: numbers have no gaps and no doubles, and every event is moved once, with any number of nodes doing
    /// this: one of them works at a time (the others get an empty answer at once), and the heads are locked besides.
    /// Events that this version cannot read stay in the outbox for one that can; they stop nobody else's.
    pub async fn move_outbox(&self, limit: u64) -> Result<Vec<(CompanyId, Vec<AuditRow>)>, StoreError> {
        let lock = "SELECT pg_try_advisory_xact_lock(hashtextextended('voxgate.sequencer', 0))";
        let held = self.unit.row(lock, []).await?.is_some_and(|row| row.try_get_by_index(0).unwrap_or(false));
        if !held {
            return Ok(Vec::new());
        }
        let batch = self.take_outbox(limit).await?;
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut heads = self.lock_heads(batch.keys().copied()).await?;
        let mut moved = Vec::with_capacity(batch.len());
        for (company, events) in batch {
            let head = heads.entry(company).or_insert((0, GENESIS));
            let rows = events.into_iter().map(|event| number(event, head)).collect::<Result<Vec<_>, _>>()?;
            moved.push((CompanyId(company), rows));
        }
        self.append(&moved).await?;
        self.set_heads(heads).await?;
        for row in moved.iter().flat_map(|(_, rows)| rows).filter(|row| row.kind == Kind::UserErased) {
            self.erase_from_audit(row).await?;
        }
        Ok(moved)
    }

    async fn take_outbox(&self, limit: u64) -> Result<BTreeMap<Uuid, Vec<outbox::Model>>, StoreError> {
        let sql = format!(
            "DELETE FROM outbox AS o USING (
               SELECT company_id, id FROM outbox WHERE {READABLE} ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED) AS due
             WHERE o.company_id = due.company_id AND o.id = due.id RETURNING {}",
            row::columns::<outbox::Entity>("o", "")
        );
        let [kinds, severities] = known_words();
        let rows = self.unit.rows(&sql, [kinds, severities, i64::try_from(limit).unwrap_or(i64::MAX).into()]).await?;
        let mut events =
            rows.iter().map(|row| outbox::Model::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
        events.sort_by_key(|event| event.id);
        let mut batch = BTreeMap::<_, Vec<_>>::new();
        for event in events {
            batch.entry(event.company_id).or_default().push(event);
        }
        Ok(batch)
    }

    /// How many events wait in the outbox that this version cannot read.
    pub async fn unreadable_events(&self) -> Result<i64, StoreError> {
        let sql = format!("SELECT count(*) FROM outbox WHERE NOT ({READABLE})");
        let row = self.unit.row(&sql, known_words()).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default())
    }

    /// Locks the heads of all these companies, in the order of their keys, and makes those that are missing.
    async fn lock_heads(&self, companies: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, Head>, StoreError> {
        let companies: Vec<_> = companies.collect();
        let heads = self.locked_heads(&companies).await?;
        if heads.len() == companies.len() {
            return Ok(heads);
        }
        let make = "INSERT INTO audit_heads (company_id, seq, hash)
                    SELECT company, 0, $2 FROM unnest($1::uuid[]) AS company ORDER BY company ON CONFLICT DO NOTHING";
        self.unit.touched(make, [companies.clone().into(), GENESIS.to_vec().into()]).await?;
        self.locked_heads(&companies).await
    }

    async fn locked_heads(&self, companies: &[Uuid]) -> Result<BTreeMap<Uuid, Head>, StoreError> {
        let lock = "SELECT company_id, seq, hash FROM audit_heads WHERE company_id = ANY ($1)
                    ORDER BY company_id FOR UPDATE";
        let rows = self.unit.rows(lock, [companies.to_vec().into()]).await?;
        let head = |row: &QueryResult| {
            let (company, seq, hash): (Uuid, i64, Vec<u8>) = row.try_get_many_by_index()?;
            Ok((company, (seq, row::digest(hash, "audit_heads", company)?)))
        };
        rows.iter().map(head).collect()
    }

    /// Adds the rows to the log, as one value: a statement with as many parameters as a batch has would have to be prepared
    /// anew for nearly every batch.
    async fn append(&self, moved: &[(CompanyId, Vec<AuditRow>)]) -> Result<(), StoreError> {
        let names = audit_logs::Column::iter().map(|column| column.to_string()).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "INSERT INTO audit_logs ({names}) SELECT {names} FROM jsonb_populate_recordset(NULL::audit_logs, $1)"
        );
        let rows: Vec<&AuditRow> = moved.iter().flat_map(|(_, rows)| rows).collect();
        for chunk in rows.chunks(CHUNK) {
            let rows = chunk.iter().map(|row| audit::as_json(row)).collect::<Result<Vec<_>, _>>()?;
            self.unit.touched(&sql, [serde_json::Value::Array(rows).into()]).await?;
        }
        Ok(())
    }

    async fn set_heads(&self, heads: BTreeMap<Uuid, Head>) -> Result<(), StoreError> {
        let sql = "UPDATE audit_heads AS h SET seq = n.seq, hash = n.hash
                   FROM unnest($1::uuid[], $2::int8[], $3::bytea[]) AS n (company_id, seq, hash)
                   WHERE h.company_id = n.company_id";
        let companies: Vec<Uuid> = heads.keys().copied().collect();
        let numbers: Vec<i64> = heads.values().map(|(seq, _)| *seq).collect();
        let hashes: Vec<Vec<u8>> = heads.values().map(|(_, hash)| hash.to_vec()).collect();
        self.unit.touched(sql, [companies.into(), numbers.into(), hashes.into()]).await?;
        Ok(())
    }

    /// Every company that has a log, with the number of its last row.
    pub async fn all_audit_heads(&self) -> Result<Vec<(CompanyId, i64)>, StoreError> {
        let heads = audit_heads::Entity::find().order_by_asc(HeadColumn::CompanyId).all(&self.unit).await?;
        Ok(heads.into_iter().map(|head| (head.company_id.into(), head.seq)).collect())
    }

    /// The last number of each of these companies; companies without a row are left out.
    pub async fn audit_heads(&self, companies: &[CompanyId]) -> Result<Vec<(CompanyId, i64)>, StoreError> {
        let wanted = companies.iter().map(|company| company.0);
        let rows = audit_heads::Entity::find().filter(HeadColumn::CompanyId.is_in(wanted)).all(&self.unit).await?;
        Ok(rows.into_iter().map(|row| (row.company_id.into(), row.seq)).collect())
    }
}

/// The kinds and the severities this version knows, each in one comma-separated list.
fn known_words() -> [Value; 2] {
    let kinds: Vec<&str> = Kind::TABLE.iter().map(|(_, name, _)| *name).collect();
    [kinds.join(",").into(), Severity::ALL.map(Severity::as_str).join(",").into()]
}

/// Gives an event the number after `head`, and moves `head` there.
fn number(event: outbox::Model, head: &mut Head) -> Result<AuditRow, StoreError> {
    let (seq, prev_hash) = (head.0 + 1, head.1);
    let mut row = audit::read(audit_logs::Model {
        company_id: event.company_id,
        seq,
        id: event.event_id,
        at: event.at,
        kind: event.kind,
        severity: event.severity,
        actor_type: event.actor_type,
        actor_id: event.actor_id,
        subject_type: event.subject_type,
        subject_id: event.subject_id,
        session_id: event.session_id,
        ip: event.ip,
        user_agent: event.user_agent,
        request_id: event.request_id,
        data: event.data,
        personal: GENESIS.to_vec(),
        salt: None,
        prev_hash: prev_hash.to_vec(),
        hash: GENESIS.to_vec(),
    })?;
    row.personal = Commitment::to(&row, row::digest(event.salt, "outbox", row.id)?);
    row.hash = link(&prev_hash, seq, &canonical(&row));
    *head = (seq, row.hash);
    Ok(row)
}
