//! Opaque tokens that work once: challenges, links, tickets. Only their hashes are here.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, QueryFilter, sea_query::Expr};
use time::OffsetDateTime;
use uuid::Uuid;
use voxgate_entity::one_time_tokens::{Column, Entity, Model};

use super::{StoreError, TenantTx, row};
use crate::domain::{
    ids::{SessionId, UserId},
    one_time::Purpose,
};

/// A token to be stored.
#[derive(Clone, Debug)]
pub struct NewOneTime {
    /// What it is good for, and nothing else.
    pub purpose: Purpose,
    /// The user, session or invitation its text form names.
    pub holder: Uuid,
    /// The account it acts for; it dies with the account's credential version.
    pub user: Option<UserId>,
    /// Hash of its text form.
    pub hash: [u8; 32],
    /// Answers allowed, for a challenge; 1 for everything else.
    pub max_tries: u32,
    /// The account's credential version now.
    pub credential_version: Option<i64>,
    /// The session it acts for.
    pub session: Option<SessionId>,
    /// Its life from now on.
    pub expires_in: Duration,
}

/// A stored token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeRow {
    /// Its id.
    pub id: Uuid,
    /// The user, session or invitation its text form names.
    pub holder: Uuid,
    /// The account it acts for.
    pub user: Option<UserId>,
    /// The session it acts for.
    pub session: Option<SessionId>,
    /// Answers counted so far, this one included.
    pub tries: u32,
    /// Answers allowed.
    pub max_tries: u32,
    /// The account's credential version when it was issued.
    pub credential_version: Option<i64>,
    /// The address it confirms, where that is its purpose.
    pub address: Option<String>,
    /// When it was spent.
    pub used_at: Option<OffsetDateTime>,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

impl From<Model> for OneTimeRow {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            holder: row.holder,
            user: row.user_id.map(Into::into),
            session: row.session_id.map(Into::into),
            tries: row.tries.unsigned_abs(),
            max_tries: row.max_tries.unsigned_abs(),
            credential_version: row.credential_version,
            address: row.address,
            used_at: row.used_at,
            expires_at: row.expires_at,
            created_at: row.created_at,
        }
    }
}

/// Alive, and of an account that is what it was. The sub-select reads the account as it stood when the statement
/// began; what decides in the end is [`TenantTx::start_session`], which locks the account.
const ALIVE: &str =
    "t.company_id = $1 AND t.hash = $2 AND t.purpose = $3 AND t.used_at IS NULL AND t.expires_at > now()
    AND (t.user_id IS NULL OR EXISTS (
      SELECT FROM users u WHERE u.company_id = t.company_id AND u.id = t.user_id AND u.status = 'active'
      AND u.credential_version = coalesce(t.credential_version, u.credential_version)))";

impl TenantTx {
    /// Stores a token and answers its id.
    pub async fn issue(&self, new: &NewOneTime) -> Result<Uuid, StoreError> {
        let sql = "INSERT INTO one_time_tokens
                     (company_id, purpose, holder, user_id, hash, max_tries, credential_version, session_id, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + make_interval(secs => $9)) RETURNING id";
        let values = [
            self.company.0.into(),
            new.purpose.as_str().into(),
            new.holder.into(),
            new.user.map(|id| id.0).into(),
            new.hash.to_vec().into(),
            i32::try_from(new.max_tries).unwrap_or(i32::MAX).into(),
            new.credential_version.into(),
            new.session.map(|id| id.0).into(),
            new.expires_in.as_secs_f64().into(),
        ];
        let row = self.unit.row(sql, values).await?;
        let row = row.ok_or_else(|| StoreError::Internal("an insert answered nothing".into()))?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Stores a token that confirms `address` and nothing else.
    pub async fn issue_for_address(&self, new: &NewOneTime, address: &str) -> Result<Uuid, StoreError> {
        let id = self.issue(new).await?;
        let sql = "UPDATE one_time_tokens SET address = $3 WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [self.company.0.into(), id.into(), address.into()]).await?;
        Ok(id)
    }

    /// Whether a token is good now. For doors that look; what spends it is the claim.
    pub async fn is_alive(&self, hash: &[u8; 32], purpose: Purpose) -> Result<bool, StoreError> {
        let sql = format!("SELECT FROM one_time_tokens t WHERE {ALIVE}");
        let values = [self.company.0.into(), hash.to_vec().into(), purpose.as_str().into()];
        Ok(self.unit.row(&sql, values).await?.is_some())
    }

    /// Spends a token. Guarantees: each token is granted once, whoever asks how often.
    /// For a challenge, a try must have been counted ([`Store::count_second_step`](super::Store::count_second_step)) and its
    /// answer been right.
    pub async fn claim_use(&self, hash: &[u8; 32], purpose: Purpose) -> Result<Option<OneTimeRow>, StoreError> {
        let sql = format!(
            "UPDATE one_time_tokens AS t SET used_at = now() WHERE {ALIVE} RETURNING {}",
            row::columns::<Entity>("t", "")
        );
        let row = self.unit.row(&sql, [self.company.0.into(), hash.to_vec().into(), purpose.as_str().into()]).await?;
        Ok(row.map(|row| Model::from_query_result(&row, "")).transpose()?.map(Into::into))
    }

    /// A token as it stands, spent ones too. For looking before work is done; what decides is the claim.
    pub async fn one_time(&self, hash: &[u8; 32], purpose: Purpose) -> Result<Option<OneTimeRow>, StoreError> {
        let query = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(Column::Hash.eq(hash.to_vec()));
        Ok(query.filter(Column::Purpose.eq(purpose.as_str())).one(&self.unit).await?.map(Into::into))
    }

    /// Spends every unused token of the account with one of these purposes. Answers how many.
    pub async fn cancel_for_user(&self, user: UserId, purposes: &[Purpose]) -> Result<u64, StoreError> {
        let cancelled = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::cust("now()"))
            .filter(Column::CompanyId.eq(self.company.0))
            .filter(Column::UserId.eq(user.0))
            .filter(Column::Purpose.is_in(purposes.iter().map(|purpose| purpose.as_str())))
            .filter(Column::UsedAt.is_null())
            .exec(&self.unit)
            .await?;
        Ok(cancelled.rows_affected)
    }

    /// Spends every unused token of this holder (an invitation, a session) with this purpose. Answers how many.
    pub async fn cancel_for_holder(&self, holder: Uuid, purpose: Purpose) -> Result<u64, StoreError> {
        let sql = "UPDATE one_time_tokens SET used_at = now()
                   WHERE company_id = $1 AND holder = $2 AND purpose = $3 AND used_at IS NULL";
        self.unit.touched(sql, [self.company.0.into(), holder.into(), purpose.as_str().into()]).await
    }
}
