//! Reading the audit log.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect,
};
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use uuid::Uuid;
use voxgate_entity::{
    audit_heads,
    audit_logs::{Column, Entity, Model},
};

use super::{StoreError, TenantTx, row};
use crate::domain::{
    audit::{AuditRow, Commitment},
    event::{Actor, Kind, Severity, Subject},
    ids::{RequestId, SessionId, UserId},
    page::{Page, Toward, TwoWayCursor, TwoWayPage},
    principal::Origin,
};

/// Which rows are wanted; the default is all. An empty list means any.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// One of these kinds.
    pub kinds: Vec<Kind>,
    /// One of these severities.
    pub severities: Vec<Severity>,
    /// Done by this account.
    pub actor: Option<UserId>,
    /// Done to this.
    pub subject: Option<Uuid>,
    /// In or to this session.
    pub session: Option<SessionId>,
    /// In this request.
    pub request: Option<RequestId>,
    /// From this address.
    pub ip: Option<String>,
    /// Not before.
    pub from: Option<OffsetDateTime>,
    /// Before.
    pub to: Option<OffsetDateTime>,
}

impl AuditFilter {
    fn condition(&self) -> Condition {
        let kinds = self.kinds.iter().map(|kind| kind.as_str());
        let severities = self.severities.iter().map(|severity| severity.as_str());
        Condition::all()
            .add_option((!self.kinds.is_empty()).then(|| Column::Kind.is_in(kinds)))
            .add_option((!self.severities.is_empty()).then(|| Column::Severity.is_in(severities)))
            .add_option(self.actor.map(|id| Column::ActorId.eq(id.0)))
            .add_option(self.subject.map(|id| Column::SubjectId.eq(id)))
            .add_option(self.session.map(|id| Column::SessionId.eq(id.0)))
            .add_option(self.request.map(|id| Column::RequestId.eq(id.0)))
            .add_option(self.ip.as_ref().map(|ip| Column::Ip.eq(ip.as_str())))
            .add_option(self.from.map(|from| Column::At.gte(from)))
            .add_option(self.to.map(|to| Column::At.lt(to)))
    }
}

impl TenantTx {
    /// A page of the company's audit log, in this order.
    pub async fn list_audit(
        &self,
        filter: &AuditFilter,
        order: Toward,
        page: Page,
    ) -> Result<TwoWayPage<AuditRow>, StoreError> {
        let cursor = page.cursor.as_deref().map(|text| TwoWayCursor::decode(text).ok_or(StoreError::BadCursor));
        let cursor = cursor.transpose()?;
        let mut query = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(filter.condition());
        let toward = cursor.map_or(order, |cursor| cursor.toward);
        query = match (toward, cursor) {
            (Toward::Older, Some(at)) => query.filter(Column::Seq.lt(at.seq)),
            (Toward::Newer, Some(at)) => query.filter(Column::Seq.gt(at.seq)),
            (_, None) => query,
        };
        query = match toward {
            Toward::Older => query.order_by_desc(Column::Seq),
            Toward::Newer => query.order_by_asc(Column::Seq),
        };
        let rows = query.limit(page.limit.saturating_add(1)).all(&self.unit).await?;
        let rows = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        Ok(TwoWayPage::cut(rows, page.limit, order, cursor, |row| row.seq))
    }

    /// The rows with a number above `after` and at most `until` that match, in order, at most `limit`: for an export.
    pub async fn export_audit(
        &self,
        filter: &AuditFilter,
        (after, until): (i64, i64),
        limit: u64,
    ) -> Result<Vec<AuditRow>, StoreError> {
        let query = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(filter.condition());
        let query = query.filter(Column::Seq.gt(after)).filter(Column::Seq.lte(until));
        let rows = query.order_by_asc(Column::Seq).limit(limit).all(&self.unit).await?;
        rows.into_iter().map(read).collect()
    }

    /// The rows after `seq` in order, at most `limit`: replay and verification.
    pub async fn audit_since(&self, seq: i64, limit: u64) -> Result<Vec<AuditRow>, StoreError> {
        let query = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(Column::Seq.gt(seq));
        let rows = query.order_by_asc(Column::Seq).limit(limit).all(&self.unit).await?;
        rows.into_iter().map(read).collect()
    }

    /// The row with this number.
    pub async fn audit_row(&self, seq: i64) -> Result<Option<AuditRow>, StoreError> {
        let found = Entity::find_by_id((self.company.0, seq)).one(&self.unit).await?;
        found.map(read).transpose()
    }

    /// The number of the company's last row; 0 before the first.
    pub async fn audit_head(&self) -> Result<i64, StoreError> {
        let head = audit_heads::Entity::find_by_id(self.company.0).one(&self.unit).await?;
        Ok(head.map_or(0, |head| head.seq))
    }
}

/// Reads a row of the log out of a raw answer.
pub(super) fn from_result(row: &QueryResult) -> Result<AuditRow, StoreError> {
    read(Model::from_query_result(row, "")?)
}

/// Reads a row of the log, or names what this version does not know about it.
pub(super) fn read(row: Model) -> Result<AuditRow, StoreError> {
    let key = format!("{}/{}", row.company_id, row.seq);
    let bad = |what: String| row::bad("audit_logs", &key, what);
    let actor = match (row.actor_type.as_str(), row.actor_id) {
        ("user", Some(id)) => Actor::User { id: id.into() },
        ("anonymous", None) => Actor::Anonymous,
        ("system", None) => Actor::System,
        (other, _) => return Err(bad(format!("unknown actor `{other}`"))),
    };
    Ok(AuditRow {
        company: row.company_id.into(),
        seq: row.seq,
        id: row.id,
        at: row.at,
        kind: Kind::parse(&row.kind).ok_or_else(|| bad(format!("unknown kind `{}`", row.kind)))?,
        severity: Severity::parse(&row.severity).ok_or_else(|| bad(format!("unknown severity `{}`", row.severity)))?,
        actor,
        subject: row.subject_type.zip(row.subject_id).map(|(kind, id)| Subject { kind, id }),
        session: row.session_id.map(Into::into),
        origin: Origin {
            ip: row.ip,
            user_agent: row.user_agent,
            request_id: row.request_id.map(Into::into),
            device: None,
        },
        data: row.data,
        personal: Commitment {
            digest: row::digest(row.personal, "audit_logs", &key)?,
            salt: row.salt.map(|salt| row::digest(salt, "audit_logs", &key)).transpose()?,
        },
        prev_hash: row::digest(row.prev_hash, "audit_logs", &key)?,
        hash: row::digest(row.hash, "audit_logs", &key)?,
    })
}

/// The reverse of [`read`]: a row as PostgreSQL makes one of a JSON object, each value written as its type reads it.
pub(super) fn as_json(row: &AuditRow) -> Result<serde_json::Value, StoreError> {
    let (actor_type, actor_id) = actor_columns(&row.actor);
    let (subject_type, subject_id) = row.subject.as_ref().map(|subject| (&subject.kind, subject.id)).unzip();
    let at = row.at.format(&Rfc3339);
    let at = at.map_err(|_| row::bad("audit_logs", row.seq, "its time is out of range".into()))?;
    Ok(json!({
        "company_id": row.company.0,
        "seq": row.seq,
        "id": row.id,
        "at": at,
        "kind": row.kind.as_str(),
        "severity": row.severity.as_str(),
        "actor_type": actor_type,
        "actor_id": actor_id,
        "subject_type": subject_type,
        "subject_id": subject_id,
        "session_id": row.session.map(|id| id.0),
        "ip": row.origin.ip,
        "user_agent": row.origin.user_agent,
        "request_id": row.origin.request_id.map(|id| id.0),
        "data": row.data,
        "personal": hex(&row.personal.digest),
        "salt": row.personal.salt.as_ref().map(|salt| hex(salt)),
        "prev_hash": hex(&row.prev_hash),
        "hash": hex(&row.hash),
    }))
}

/// Bytes as `bytea` reads them.
fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    ['\\', 'x'].into_iter().chain(digits).collect()
}

/// The columns `actor_type` and `actor_id`.
pub(super) fn actor_columns(actor: &Actor) -> (&'static str, Option<Uuid>) {
    match actor {
        Actor::User { id } => ("user", Some(id.0)),
        Actor::Anonymous => ("anonymous", None),
        Actor::System => ("system", None),
    }
}
