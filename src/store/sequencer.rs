//! Numbering: events leave the outbox, get their company's next number and their place in its hash chain.

use std::collections::BTreeMap;

use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    Value, sea_query::OnConflict,
};
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

/// Rows of one INSERT: far below the 65,535 parameters a statement may have.
const CHUNK: usize = 1000;

/// What [`audit::read`] can make an event of. `$1` and `$2` are [`known_words`].
const READABLE: &str = "kind = ANY(string_to_array($1, ',')) AND severity = ANY(string_to_array($2, ','))
    AND coalesce(actor_role, 'user') IN ('user', 'manager', 'admin')
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

    /// Makes the heads that are missing, then locks all of them, in the order of their keys.
    async fn lock_heads(&self, companies: impl Iterator<Item = Uuid>) -> Result<BTreeMap<Uuid, Head>, StoreError> {
        let companies: Vec<_> = companies.collect();
        let first = |company: &Uuid| audit_heads::ActiveModel {
            company_id: Set(*company),
            seq: Set(0),
            hash: Set(GENESIS.to_vec()),
        };
        audit_heads::Entity::insert_many(companies.iter().map(first))
            .on_conflict(OnConflict::column(HeadColumn::CompanyId).do_nothing().to_owned())
            .exec_without_returning(&self.unit)
            .await?;
        let query = audit_heads::Entity::find().filter(HeadColumn::CompanyId.is_in(companies));
        let rows = query.order_by_asc(HeadColumn::CompanyId).lock_exclusive().all(&self.unit).await?;
        let head = |row: audit_heads::Model| {
            let hash = row::digest(row.hash, "audit_heads", row.company_id)?;
            Ok((row.company_id, (row.seq, hash)))
        };
        rows.into_iter().map(head).collect()
    }

    async fn append(&self, moved: &[(CompanyId, Vec<AuditRow>)]) -> Result<(), StoreError> {
        let rows: Vec<_> = moved.iter().flat_map(|(_, rows)| rows).map(audit::write).collect();
        for chunk in rows.chunks(CHUNK) {
            audit_logs::Entity::insert_many(chunk.iter().cloned().map(IntoActiveModel::into_active_model))
                .exec_without_returning(&self.unit)
                .await?;
        }
        Ok(())
    }

    async fn set_heads(&self, heads: BTreeMap<Uuid, Head>) -> Result<(), StoreError> {
        let row = |(company, (seq, hash)): (Uuid, Head)| audit_heads::ActiveModel {
            company_id: Set(company),
            seq: Set(seq),
            hash: Set(hash.to_vec()),
        };
        audit_heads::Entity::insert_many(heads.into_iter().map(row))
            .on_conflict(
                OnConflict::column(HeadColumn::CompanyId)
                    .update_columns([HeadColumn::Seq, HeadColumn::Hash])
                    .to_owned(),
            )
            .exec_without_returning(&self.unit)
            .await?;
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
        actor_role: event.actor_role,
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
