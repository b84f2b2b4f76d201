//! Refresh tokens. The rule (rotate, repeat, superseded, reuse) is pure and lives in the domain; here its facts are
//! read under locks, so that of two renewals at once the second sees what the first did.

use std::time::Duration;

use sea_orm::{FromQueryResult, QueryResult};
use time::OffsetDateTime;
use uuid::Uuid;
use voxgate_entity::{companies, refresh_tokens, sessions, users};

use super::{CompanyRow, SessionRow, StoreError, TenantTx, UserRow, row};
use crate::domain::{
    ids::SessionId,
    policy::amr,
    refresh::{Child, Parent},
};

/// A refresh token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefreshRow {
    /// Its id.
    pub id: Uuid,
    /// The session, which is the family.
    pub session: SessionId,
    /// The token it replaced.
    pub parent: Option<Uuid>,
    /// When it was exchanged.
    pub used_at: Option<OffsetDateTime>,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

impl From<refresh_tokens::Model> for RefreshRow {
    fn from(row: refresh_tokens::Model) -> Self {
        Self {
            id: row.id,
            session: row.session_id.into(),
            parent: row.parent_id,
            used_at: row.used_at,
            expires_at: row.expires_at,
            created_at: row.created_at,
        }
    }
}

/// Everything the decision about a renewal needs, as it stands while token and session are locked.
#[derive(Clone, Debug)]
pub struct RefreshFamily {
    /// The token that was presented.
    pub token: RefreshRow,
    /// The token it was exchanged for, if it was.
    pub successor: Option<RefreshRow>,
    /// The session.
    pub session: SessionRow,
    /// The account.
    pub user: UserRow,
    /// The company.
    pub company: CompanyRow,
    /// The database's time, which decides about expiry.
    pub now: OffsetDateTime,
}

impl RefreshFamily {
    /// What the rule asks about the presented token. Its family lives as long as session, account and company do.
    pub fn parent(&self) -> Parent {
        Parent {
            used_at: self.token.used_at,
            expires_at: self.token.expires_at.min(self.session.last_seen_at + self.company.policy.idle()),
            family_alive: self.session.revoked_at.is_none() && self.user.active && self.company.active,
            family_expires_at: self.session.expires_at,
        }
    }

    /// What the rule asks about its successor.
    pub fn child(&self) -> Child {
        match &self.successor {
            None => Child::Absent,
            Some(child) if child.used_at.is_none() => Child::Unused,
            Some(_) => Child::Used,
        }
    }

    /// Whether the company demands a second factor and the session has none.
    pub fn lacks_second_factor(&self) -> bool {
        self.company.policy.mfa_required && !amr::is_multi(&self.session.amr)
    }
}

impl TenantTx {
    /// Stores the hash of a session's refresh token. A parent that has a child already is [`StoreError::Conflict`] with
    /// `refresh_tokens_one_child`. Answers the token's id.
    pub async fn insert_refresh(
        &self,
        session: SessionId,
        hash: &[u8; 32],
        parent: Option<Uuid>,
        expires_in: Duration,
    ) -> Result<Uuid, StoreError> {
        let sql = "INSERT INTO refresh_tokens (company_id, session_id, hash, parent_id, expires_at)
                   VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5)) RETURNING id";
        let values = [
            self.company.0.into(),
            session.0.into(),
            hash.to_vec().into(),
            parent.into(),
            expires_in.as_secs_f64().into(),
        ];
        let row = self.unit.row(sql, values).await?;
        let row = row.ok_or_else(|| StoreError::Internal("an insert answered nothing".into()))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Finds the token and locks it and its session until the end of the transaction; then reads its family.
    ///
    /// Guarantees: two renewals with the same token, on any nodes, are decided one after the other, and the second
    /// sees the child the first made; a session cannot be ended between this and the end of the transaction.
    pub async fn lock_refresh(&self, hash: &[u8; 32]) -> Result<Option<RefreshFamily>, StoreError> {
        // Two statements on purpose: what another transaction committed while this one waited for a lock (a use of the
        // child, the end of the account) is only seen by a statement that begins afterwards.
        let lock =
            "SELECT r.id FROM refresh_tokens r JOIN sessions s ON s.company_id = r.company_id AND s.id = r.session_id
             WHERE r.company_id = $1 AND r.hash = $2 FOR UPDATE OF r FOR NO KEY UPDATE OF s";
        let Some(token) = self.unit.row(lock, [self.company.0.into(), hash.to_vec().into()]).await? else {
            return Ok(None);
        };
        let id: Uuid = token.try_get_by_index(0)?;
        let read = format!(
            "SELECT now() AS moment, {}, {}, {}, {}, {} FROM refresh_tokens r
             JOIN sessions s ON s.company_id = r.company_id AND s.id = r.session_id
             JOIN users u ON u.company_id = s.company_id AND u.id = s.user_id
             JOIN companies c ON c.id = r.company_id
             LEFT JOIN refresh_tokens k ON k.company_id = r.company_id AND k.parent_id = r.id
             WHERE r.company_id = $1 AND r.id = $2",
            row::columns::<refresh_tokens::Entity>("r", "r_"),
            row::columns::<sessions::Entity>("s", "s_"),
            row::columns::<users::Entity>("u", "u_"),
            row::columns::<companies::Entity>("c", "c_"),
            row::columns::<refresh_tokens::Entity>("k", "k_"),
        );
        let row = self.unit.row(&read, [self.company.0.into(), id.into()]).await?;
        row.map(|row| family(&row, refresh_tokens::Model::from_query_result_optional(&row, "k_")?)).transpose()
    }

    /// Marks a token as exchanged; false if it was already.
    pub async fn use_refresh(&self, id: Uuid) -> Result<bool, StoreError> {
        let sql = "UPDATE refresh_tokens SET used_at = now() WHERE company_id = $1 AND id = $2 AND used_at IS NULL";
        Ok(self.unit.touched(sql, [self.company.0.into(), id.into()]).await? == 1)
    }
}

pub(super) fn family(row: &QueryResult, child: Option<refresh_tokens::Model>) -> Result<RefreshFamily, StoreError> {
    Ok(RefreshFamily {
        token: refresh_tokens::Model::from_query_result(row, "r_")?.into(),
        successor: child.map(Into::into),
        session: sessions::Model::from_query_result(row, "s_")?.into(),
        user: users::Model::from_query_result(row, "u_")?.try_into()?,
        company: companies::Model::from_query_result(row, "c_")?.into(),
        now: row.try_get("", "moment")?,
    })
}
