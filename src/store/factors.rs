//! Second factors. At most one of a kind is active and at most one is waiting for its first code.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use time::OffsetDateTime;
use uuid::Uuid;
use voxgate_entity::factors::{Column, Entity, Model};

use super::{StoreError, TenantTx};
use crate::domain::ids::{FactorId, UserId};

/// A factor to be confirmed.
#[derive(Clone, Debug)]
pub struct NewFactor {
    /// Its id, which its ciphertext is bound to.
    pub id: FactorId,
    /// Whose it is.
    pub user: UserId,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// How long it waits for its first code.
    pub expires_in: Duration,
}

/// A factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FactorRow {
    /// Its id.
    pub id: FactorId,
    /// Whose it is.
    pub user: UserId,
    /// Confirmed, rather than waiting for its first code.
    pub active: bool,
    /// The sealed secret.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// Last TOTP step that was accepted.
    pub last_step: i64,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it stops waiting.
    pub expires_at: Option<OffsetDateTime>,
    /// When it became active.
    pub confirmed_at: Option<OffsetDateTime>,
}

impl From<Model> for FactorRow {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            user: row.user_id.into(),
            active: row.status == "active",
            sealed: row.sealed,
            key_id: row.key_id,
            last_step: row.last_step,
            created_at: row.created_at,
            expires_at: row.expires_at,
            confirmed_at: row.confirmed_at,
        }
    }
}

impl TenantTx {
    /// The account's active factor.
    pub async fn active_factor(&self, user: UserId) -> Result<Option<FactorRow>, StoreError> {
        self.factor_where(user, "status = 'active'").await
    }

    /// The account's factor that still waits for its first code.
    pub async fn pending_factor(&self, user: UserId) -> Result<Option<FactorRow>, StoreError> {
        self.factor_where(user, "status = 'pending' AND expires_at > now()").await
    }

    async fn factor_where(&self, user: UserId, which: &'static str) -> Result<Option<FactorRow>, StoreError> {
        let query = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(Column::UserId.eq(user.0));
        Ok(query.filter(Expr::cust(which)).one(&self.unit).await?.map(Into::into))
    }

    /// Puts a factor in waiting, in place of one that waits already. The active one stays what it is.
    /// Guarantees: of several set-ups at once the last one's secret waits, and only that.
    pub async fn replace_pending_factor(&self, new: &NewFactor) -> Result<(), StoreError> {
        let sql = "INSERT INTO factors AS f (company_id, id, user_id, kind, status, sealed, key_id, expires_at)
                   VALUES ($1, $2, $3, 'totp', 'pending', $4, $5, now() + make_interval(secs => $6))
                   ON CONFLICT (company_id, user_id, kind) WHERE status = 'pending' DO UPDATE SET
                     id = excluded.id, sealed = excluded.sealed, key_id = excluded.key_id, last_step = 0,
                     created_at = excluded.created_at, expires_at = excluded.expires_at";
        let values = [
            self.company.0.into(),
            new.id.0.into(),
            new.user.0.into(),
            new.sealed.clone().into(),
            new.key_id.as_str().into(),
            new.expires_in.as_secs_f64().into(),
        ];
        self.unit.touched(sql, values).await?;
        Ok(())
    }

    /// Spends a TOTP step of an active factor.
    /// Guarantees: each step is granted once, and never one at or before the last granted, whoever asks how often.
    pub async fn claim_step(&self, factor: FactorId, step: i64) -> Result<bool, StoreError> {
        let sql = "UPDATE factors SET last_step = $3
                   WHERE company_id = $1 AND id = $2 AND status = 'active' AND last_step < $3";
        Ok(self.unit.touched(sql, [self.company.0.into(), factor.0.into(), step.into()]).await? == 1)
    }

    /// Confirms a waiting factor with the step of its first code: it takes the place of the active one, and that step
    /// is spent.
    ///
    /// Guarantees: of all callers exactly one gets true; the account's row is locked first, so between the old factor
    /// and the new one there is no moment with none or with two. False, and nothing is changed, if it is not waiting
    /// any more. The caller bumps the account ([`TenantTx::bump_user`]) in the same transaction.
    pub async fn activate_factor(&self, pending: FactorId, step: i64) -> Result<bool, StoreError> {
        let key = || [self.company.0.into(), pending.0.into()];
        let lock = "SELECT id FROM users WHERE company_id = $1
                    AND id = (SELECT user_id FROM factors WHERE company_id = $1 AND id = $2) FOR NO KEY UPDATE";
        let Some(user) = self.unit.row(lock, key()).await? else { return Ok(false) };
        let user: Uuid = user.try_get_by_index(0)?;
        let waiting = "id = $2 AND status = 'pending' AND expires_at > now() AND last_step < $3";
        let clear = format!(
            "DELETE FROM factors WHERE company_id = $1 AND user_id = $4 AND status = 'active'
             AND EXISTS (SELECT FROM factors WHERE company_id = $1 AND {waiting})"
        );
        let values = || key().into_iter().chain([step.into()]);
        self.unit.touched(&clear, values().chain([user.into()])).await?;
        let claim = format!(
            "UPDATE factors SET status = 'active', last_step = $3, confirmed_at = now(), expires_at = NULL
             WHERE company_id = $1 AND {waiting}"
        );
        if self.unit.touched(&claim, values()).await? != 1 {
            return Ok(false);
        }
        self.set_mfa(user.into(), true).await?;
        Ok(true)
    }

    /// Takes the account's factors, waiting ones too, and its backup codes away. Answers whether one was active.
    pub async fn remove_factors(&self, user: UserId) -> Result<bool, StoreError> {
        if !self.lock_user(user).await? {
            return Ok(false);
        }
        let key = || [self.company.0.into(), user.0.into()];
        let sql = "DELETE FROM factors WHERE company_id = $1 AND user_id = $2 RETURNING status";
        let gone = self.unit.rows(sql, key()).await?;
        self.unit.touched("DELETE FROM backup_codes WHERE company_id = $1 AND user_id = $2", key()).await?;
        self.set_mfa(user, false).await?;
        let states = gone.iter().map(|row| row.try_get_by_index(0)).collect::<Result<Vec<String>, _>>()?;
        Ok(states.iter().any(|state| state == "active"))
    }

    async fn set_mfa(&self, user: UserId, enabled: bool) -> Result<(), StoreError> {
        let sql = "UPDATE users SET mfa_enabled = $3, updated_at = now() WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [self.company.0.into(), user.0.into(), enabled.into()]).await?;
        Ok(())
    }
}
