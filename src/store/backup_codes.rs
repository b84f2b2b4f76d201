//! Backup codes.

use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use time::OffsetDateTime;
use uuid::Uuid;
use voxgate_entity::backup_codes::{ActiveModel, Column, Entity};

use super::{StoreError, TenantTx};
use crate::domain::ids::UserId;

/// A code to be stored.
#[derive(Clone, Debug)]
pub struct NewBackupCode {
    /// Its id, which its ciphertext is bound to.
    pub id: Uuid,
    /// Keyed hash the code is found by.
    pub digest: [u8; 32],
    /// The sealed code.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
}

/// A stored code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupCodeRow {
    /// Its id.
    pub id: Uuid,
    /// The sealed code.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// When it was spent.
    pub used_at: Option<OffsetDateTime>,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

impl TenantTx {
    /// Replaces all the account's codes.
    /// Guarantees: the account is locked first, so of two who regenerate at once one set survives, never both.
    pub async fn replace_backup_codes(&self, user: UserId, codes: &[NewBackupCode]) -> Result<(), StoreError> {
        self.lock_user(user).await?;
        let sql = "DELETE FROM backup_codes WHERE company_id = $1 AND user_id = $2";
        self.unit.touched(sql, [self.company.0.into(), user.0.into()]).await?;
        let rows = codes.iter().map(|code| ActiveModel {
            company_id: Set(self.company.0),
            id: Set(code.id),
            user_id: Set(user.0),
            digest: Set(code.digest.to_vec()),
            sealed: Set(code.sealed.clone()),
            key_id: Set(code.key_id.clone()),
            ..Default::default()
        });
        Entity::insert_many(rows).exec_without_returning(&self.unit).await?;
        Ok(())
    }

    /// Spends a code of this account. Guarantees: each code is granted once, whoever asks how often.
    pub async fn claim_backup_code(&self, user: UserId, digest: &[u8; 32]) -> Result<bool, StoreError> {
        let sql = "UPDATE backup_codes SET used_at = now()
                   WHERE company_id = $1 AND user_id = $2 AND digest = $3 AND used_at IS NULL";
        let values = [self.company.0.into(), user.0.into(), digest.to_vec().into()];
        Ok(self.unit.touched(sql, values).await? == 1)
    }

    /// How many of the account's codes are not spent.
    pub async fn backup_codes_left(&self, user: UserId) -> Result<i64, StoreError> {
        let sql = "SELECT count(*) FROM backup_codes WHERE company_id = $1 AND user_id = $2 AND used_at IS NULL";
        let row = self.unit.row(sql, [self.company.0.into(), user.0.into()]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(0))
    }

    /// The account's codes, spent ones too, in the order they were made.
    pub async fn backup_codes(&self, user: UserId) -> Result<Vec<BackupCodeRow>, StoreError> {
        let query = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(Column::UserId.eq(user.0));
        let rows = query.order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(&self.unit).await?;
        let row = |code: voxgate_entity::backup_codes::Model| BackupCodeRow {
            id: code.id,
            sealed: code.sealed,
            key_id: code.key_id,
            used_at: code.used_at,
            created_at: code.created_at,
        };
        Ok(rows.into_iter().map(row).collect())
    }
}
