//! Sessions: started by one claim, ended once.

use std::time::Duration;

use sea_orm::{
    ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QueryResult, QuerySelect, Value,
    sea_query::Expr,
};
use time::OffsetDateTime;
use voxgate_entity::sessions::{Column, Entity, Model};

use super::{StoreError, TenantTx, row};
use crate::domain::{
    ids::{CompanyId, SessionId, UserId},
    principal::Role,
};

/// The newest so many sessions of an account are listed.
const LISTED: u64 = 100;

/// A session to be started.
#[derive(Clone, Debug)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose it will be.
    pub user: UserId,
    /// Methods that proved the person (RFC 8176).
    pub amr: Vec<String>,
    /// `web` or `api`.
    pub client: &'static str,
    /// Client address, as text.
    pub ip: Option<String>,
    /// `User-Agent`, shortened.
    pub user_agent: Option<String>,
    /// Its life from now on: the absolute limit.
    pub expires_in: Duration,
    /// The account's credential version when the first secret was checked.
    pub credential_version_seen: i64,
    /// Whether the account had a second factor then.
    pub mfa_enabled_seen: bool,
}

/// What a started session's first tokens need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StartedSession {
    /// When it began; also its `auth_time`.
    pub created_at: OffsetDateTime,
    /// When it ends at the latest.
    pub expires_at: OffsetDateTime,
    /// The account's epoch.
    pub auth_epoch: i64,
    /// The company's epoch.
    pub company_epoch: i64,
    /// The account's role.
    pub role: Role,
    /// Life of a session nobody uses, by the company's policy.
    pub idle: Duration,
    /// Sessions the person may have at once.
    pub at_most: u32,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Its id.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserId,
    /// Methods that proved the person (RFC 8176).
    pub amr: Vec<String>,
    /// Last proof of identity.
    pub auth_time: OffsetDateTime,
    /// `web` or `api`.
    pub client: String,
    /// Client address at its start.
    pub ip: Option<String>,
    /// `User-Agent` at its start.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: OffsetDateTime,
    /// Last renewal.
    pub last_seen_at: OffsetDateTime,
    /// When it ends at the latest.
    pub expires_at: OffsetDateTime,
    /// When it was ended.
    pub revoked_at: Option<OffsetDateTime>,
    /// Why it was ended.
    pub revoke_reason: Option<String>,
    /// Whether it began on a device the account had not signed in from before.
    pub new_device: bool,
    /// Whether it began on a network the account had not signed in from before.
    pub new_network: bool,
}

impl From<Model> for SessionRow {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            user: row.user_id.into(),
            amr: row.amr,
            auth_time: row.auth_time,
            client: row.client,
            ip: row.ip,
            user_agent: row.user_agent,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
            revoke_reason: row.revoke_reason,
            new_device: row.new_device,
            new_network: row.new_network,
        }
    }
}

impl NewSession {
    /// What both ways to begin a session are asked with, in this order.
    pub(super) fn values(&self, company: CompanyId) -> Vec<Value> {
        vec![
            company.0.into(),
            self.id.0.into(),
            self.user.0.into(),
            self.credential_version_seen.into(),
            self.mfa_enabled_seen.into(),
            self.amr.clone().into(),
            self.client.into(),
            self.ip.clone().into(),
            self.user_agent.clone().into(),
            self.expires_in.as_secs_f64().into(),
        ]
    }
}

/// The rows are locked in the order company, account. After a wait PostgreSQL checks exactly the locked rows' columns
/// again, so every condition must be one of theirs; a condition in a sub-select would keep its old answer. The account
/// is locked by the update that notes the sign-in: a share lock would have to be raised to it, and two sign-ins of one
/// account would wait for each other.
const START: &str = "
    WITH firm AS (
      SELECT id, auth_epoch, session_idle_seconds, session_absolute_seconds, max_sessions_per_user FROM companies
      WHERE id = $1 AND status = 'active' AND (NOT mfa_required OR 'mfa' = ANY ($6)) FOR SHARE),
    held AS (
      UPDATE users u SET last_login_at = now() FROM firm
      WHERE u.company_id = firm.id AND u.id = $3 AND u.status = 'active'
        AND u.credential_version = $4 AND u.mfa_enabled = $5
      RETURNING u.id, u.role, u.auth_epoch, firm.auth_epoch AS company_epoch, firm.session_idle_seconds AS idle,
        firm.session_absolute_seconds AS absolute, firm.max_sessions_per_user AS at_most),
    born AS (
      INSERT INTO sessions (company_id, id, user_id, amr, auth_time, client, ip, user_agent, expires_at)
      SELECT $1, $2, held.id, $6, now(), $7, $8, $9, now() + make_interval(secs => least($10, held.absolute)) FROM held
      RETURNING created_at, expires_at)
    SELECT created_at, expires_at, auth_epoch, company_epoch, role, idle, at_most FROM born, held";

impl TenantTx {
    /// Starts a session, if the account is still what the sign-in saw.
    ///
    /// Guarantees, with any number of callers and nodes: no session begins for an account or company that was
    /// deactivated, or whose credentials, factor or sessions were changed by a [`TenantTx::bump_user`] with
    /// `credentials`, since `credential_version_seen` was read; none without a second factor where the company demands
    /// one; and none lives longer than the company allows. None: start the sign-in again.
    pub async fn start_session(&self, new: &NewSession) -> Result<Option<StartedSession>, StoreError> {
        self.unit.row(START, new.values(self.company)).await?.map(|row| started(&row, new.user)).transpose()
    }

    /// Ends every live session of the company that proved no second factor, but not `except`. Answers which it ended.
    /// The caller has locked the company, so that none slips in behind this list.
    pub async fn revoke_single_factor_sessions(
        &self,
        except: SessionId,
        reason: &str,
    ) -> Result<Vec<SessionId>, StoreError> {
        let sql = "UPDATE sessions SET revoked_at = now(), revoke_reason = $3
                   WHERE company_id = $1 AND id <> $2 AND revoked_at IS NULL AND expires_at > now()
                   AND NOT ('mfa' = ANY (amr)) RETURNING id";
        ids(&self.unit.rows(sql, [self.company.0.into(), except.0.into(), reason.into()]).await?)
    }

    /// Lets no live session of the company become older than this.
    pub async fn shorten_sessions(&self, absolute: Duration) -> Result<u64, StoreError> {
        let sql = "UPDATE sessions SET expires_at = created_at + make_interval(secs => $2)
                   WHERE company_id = $1 AND revoked_at IS NULL
                   AND expires_at > created_at + make_interval(secs => $2)";
        self.unit.touched(sql, [self.company.0.into(), absolute.as_secs_f64().into()]).await
    }

    /// The database's time, at the beginning of this transaction: what decides about everything it stamped.
    pub async fn now(&self) -> Result<OffsetDateTime, StoreError> {
        let row = self.unit.row("SELECT now()", []).await?;
        let row = row.ok_or_else(|| StoreError::Internal("a clock answered nothing".into()))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// One session, alive or not.
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        Ok(Entity::find_by_id((self.company.0, id.0)).one(&self.unit).await?.map(Into::into))
    }

    /// The account's sessions that are neither ended nor expired, newest first.
    pub async fn live_sessions(&self, user: UserId) -> Result<Vec<SessionRow>, StoreError> {
        let rows = Entity::find()
            .filter(Column::CompanyId.eq(self.company.0))
            .filter(Column::UserId.eq(user.0))
            .filter(Expr::cust("revoked_at IS NULL AND expires_at > now()"))
            .order_by_desc(Column::CreatedAt)
            .limit(LISTED)
            .all(&self.unit)
            .await?;
        Ok(rows.into_iter().map(Into::into).collect())
    }

    /// Ends one session. None if it does not exist or had ended already: of many callers one gets the row.
    pub async fn revoke_session(&self, id: SessionId, reason: &str) -> Result<Option<SessionRow>, StoreError> {
        let set = "revoked_at = now(), revoke_reason = $3";
        self.change_session(set, id, Some(reason.into())).await
    }

    /// Ends the account's live sessions, but not `except`. Answers which it ended. Call [`TenantTx::bump_user`] first,
    /// so that no sign-in slips in behind this list.
    pub async fn revoke_user_sessions(
        &self,
        user: UserId,
        except: Option<SessionId>,
        reason: &str,
    ) -> Result<Vec<SessionId>, StoreError> {
        let sql = "UPDATE sessions SET revoked_at = now(), revoke_reason = $3
                   WHERE company_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()
                   AND ($4::uuid IS NULL OR id <> $4)
                   RETURNING id";
        let values = [self.company.0.into(), user.0.into(), reason.into(), except.map(|id| id.0).into()];
        ids(&self.unit.rows(sql, values).await?)
    }

    /// Notes a new proof of identity, now, by `amr`. None if the session is not alive.
    pub async fn prove_session(&self, id: SessionId, amr: &[String]) -> Result<Option<SessionRow>, StoreError> {
        self.change_session("auth_time = now(), amr = $3", id, Some(amr.to_vec().into())).await
    }

    /// Notes that the session has proved more (or less) than before, without a new proof of identity. None if the
    /// session is not alive.
    pub async fn set_amr(&self, id: SessionId, amr: &[String]) -> Result<Option<SessionRow>, StoreError> {
        self.change_session("amr = $3", id, Some(amr.to_vec().into())).await
    }

    /// Notes that none of the account's sessions has proved more than `amr`.
    pub async fn lower_amr(&self, user: UserId, amr: &[String]) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET amr = $3 WHERE company_id = $1 AND user_id = $2 AND revoked_at IS NULL";
        self.unit.touched(sql, [self.company.0.into(), user.0.into(), amr.to_vec().into()]).await?;
        Ok(())
    }

    /// Notes a renewal, now. None if the session is not alive.
    pub async fn touch_session(&self, id: SessionId) -> Result<Option<SessionRow>, StoreError> {
        self.change_session("last_seen_at = now()", id, None).await
    }

    async fn change_session(
        &self,
        set: &str,
        id: SessionId,
        value: Option<sea_orm::Value>,
    ) -> Result<Option<SessionRow>, StoreError> {
        let sql = format!(
            "UPDATE sessions AS s SET {set} WHERE company_id = $1 AND id = $2 AND revoked_at IS NULL
             AND expires_at > now() RETURNING {}",
            row::columns::<Entity>("s", "")
        );
        let values = [self.company.0.into(), id.0.into()].into_iter().chain(value);
        let row = self.unit.row(&sql, values).await?;
        Ok(row.map(|row| Model::from_query_result(&row, "")).transpose()?.map(Into::into))
    }
}

pub(super) fn started(row: &QueryResult, user: UserId) -> Result<StartedSession, StoreError> {
    let (created_at, expires_at, auth_epoch, company_epoch, role, idle, at_most): (_, _, _, _, String, i32, i32) =
        row.try_get_many_by_index()?;
    let role = row::role(&role, "users", user)?;
    let (idle, at_most) = (Duration::from_secs(u64::from(idle.unsigned_abs())), at_most.unsigned_abs());
    Ok(StartedSession { created_at, expires_at, auth_epoch, company_epoch, role, idle, at_most })
}

fn ids(rows: &[QueryResult]) -> Result<Vec<SessionId>, StoreError> {
    rows.iter().map(|row| Ok(SessionId(row.try_get_by_index(0)?))).collect()
}
