//! The revocation feed: written by flows, read by every node.

use std::time::Duration;

use sea_orm::QueryResult;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreError, SystemTx, TenantTx, row, unit::Unit};
use crate::domain::{
    ids::{CompanyId, RevocationId, SessionId},
    revocation::Scope,
};

/// An act of revocation to be written.
#[derive(Clone, Copy, Debug)]
pub struct NewRevocation {
    /// What it hits.
    pub scope: Scope,
    /// How long an access token can still live: after that the entry has done its work.
    pub lives: Duration,
}

/// An act of revocation as nodes read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RevocationRow {
    /// Its id.
    pub id: RevocationId,
    /// Its company.
    pub company: CompanyId,
    /// What it hits.
    pub scope: Scope,
    /// When it may be forgotten.
    pub expires_at: OffsetDateTime,
    /// When it was written.
    pub created_at: OffsetDateTime,
}

impl TenantTx {
    /// Writes an act of revocation; every node reads it within its polling interval after the commit.
    pub async fn insert_revocation(&self, new: &NewRevocation) -> Result<RevocationRow, StoreError> {
        let (scope, target, min_epoch) = match new.scope {
            Scope::Session(id) => ("session", id.0, None),
            Scope::User { id, min_epoch } => ("user", id.0, Some(min_epoch)),
            Scope::Assurance { id, min_epoch } => ("assurance", id.0, Some(min_epoch)),
            Scope::Rights { id, min_epoch } => ("rights", id.0, Some(min_epoch)),
            Scope::Company { min_epoch } => ("company", self.company.0, Some(min_epoch)),
            Scope::Others { spared, min_epoch } => ("others", spared.0, Some(min_epoch)),
        };
        let sql = "INSERT INTO revocations (company_id, scope, target, min_epoch, expires_at)
                   VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING id, created_at, expires_at";
        let values =
            [self.company.0.into(), scope.into(), target.into(), min_epoch.into(), new.lives.as_secs_f64().into()];
        let row = self.unit.row(sql, values).await?;
        let row = row.ok_or_else(|| StoreError::Internal("an insert answered nothing".into()))?;
        let (id, created_at, expires_at) = row.try_get_many_by_index()?;
        Ok(RevocationRow { id: RevocationId(id), company: self.company, scope: new.scope, expires_at, created_at })
    }

    /// Writes the end of many sessions in one statement.
    pub async fn insert_session_revocations(
        &self,
        sessions: &[SessionId],
        lives: Duration,
    ) -> Result<Vec<RevocationRow>, StoreError> {
        let sql = "INSERT INTO revocations (company_id, scope, target, expires_at)
                   SELECT $1, 'session', unnest($2::uuid[]), now() + make_interval(secs => $3)
                   RETURNING id, target, created_at, expires_at";
        let ids: Vec<Uuid> = sessions.iter().map(|session| session.0).collect();
        let rows = self.unit.rows(sql, [self.company.0.into(), ids.into(), lives.as_secs_f64().into()]).await?;
        let read = |row: &QueryResult| {
            let (id, target, created_at, expires_at): (Uuid, Uuid, _, _) = row.try_get_many_by_index()?;
            let scope = Scope::Session(SessionId(target));
            Ok(RevocationRow { id: RevocationId(id), company: self.company, scope, expires_at, created_at })
        };
        rows.iter().map(read).collect()
    }
}

/// The cursor is the oldest transaction still running when this statement looked: all older ones are visible or gone
/// for good, so nothing that commits late is skipped. Rows may come twice, which does no harm. One statement, because
/// rows and cursor must be of one snapshot.
const FEED: &str = "
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS next, r.id, r.company_id, r.scope, r.target, r.min_epoch,
           r.created_at, r.expires_at
    FROM (SELECT) AS once LEFT JOIN revocations r ON r.expires_at > now() AND r.xid >= $1::text::xid8";

impl SystemTx {
    /// The acts of revocation since `cursor` (none: all that still matter), and the cursor for the next call.
    pub async fn revocations_since(&self, cursor: Option<u64>) -> Result<(Vec<RevocationRow>, u64), StoreError> {
        since(&self.unit, cursor).await
    }
}

impl TenantTx {
    /// The same of one company, by the same cursor.
    pub async fn revocations_since(&self, cursor: Option<u64>) -> Result<(Vec<RevocationRow>, u64), StoreError> {
        since(&self.unit, cursor).await
    }
}

async fn since(unit: &Unit, cursor: Option<u64>) -> Result<(Vec<RevocationRow>, u64), StoreError> {
    let rows = unit.rows(FEED, [cursor.unwrap_or_default().to_string().into()]).await?;
    let first = rows.first().ok_or_else(|| StoreError::Internal("the revocation feed answered nothing".into()))?;
    let next: String = first.try_get("", "next")?;
    let next = next.parse().map_err(|_| StoreError::Internal(format!("odd transaction number `{next}`")))?;
    let mut revocations = Vec::new();
    for row in &rows {
        if let Some(id) = row.try_get::<Option<Uuid>>("", "id")? {
            revocations.push(read(row, id)?);
        }
    }
    Ok((revocations, next))
}

fn read(row: &QueryResult, id: Uuid) -> Result<RevocationRow, StoreError> {
    let target: Uuid = row.try_get("", "target")?;
    let min_epoch: Option<i64> = row.try_get("", "min_epoch")?;
    let scope: String = row.try_get("", "scope")?;
    let scope = match (scope.as_str(), min_epoch) {
        ("session", _) => Scope::Session(target.into()),
        ("user", Some(min_epoch)) => Scope::User { id: target.into(), min_epoch },
        ("assurance", Some(min_epoch)) => Scope::Assurance { id: target.into(), min_epoch },
        ("rights", Some(min_epoch)) => Scope::Rights { id: target.into(), min_epoch },
        ("company", Some(min_epoch)) => Scope::Company { min_epoch },
        ("others", Some(min_epoch)) => Scope::Others { spared: target.into(), min_epoch },
        _ => return Err(row::bad("revocations", id, format!("scope `{scope}` with epoch {min_epoch:?}"))),
    };
    Ok(RevocationRow {
        id: id.into(),
        company: CompanyId(row.try_get("", "company_id")?),
        scope,
        expires_at: row.try_get("", "expires_at")?,
        created_at: row.try_get("", "created_at")?,
    })
}
