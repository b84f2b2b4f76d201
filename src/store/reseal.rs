//! Sealed values on their way from an old key to the present one.

use sea_orm::QueryResult;
use uuid::Uuid;

use super::{StoreError, SystemTx, TenantTx};
use crate::domain::ids::CompanyId;

/// A table of a company that keeps sealed values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SealedTable {
    /// Authenticator secrets; they belong to a user.
    Factors,
    /// Backup codes; they belong to a user.
    BackupCodes,
}

impl SealedTable {
    fn name(self) -> &'static str {
        match self {
            Self::Factors => "factors",
            Self::BackupCodes => "backup_codes",
        }
    }
}

/// A value that is not sealed with the present key. Its content does not show in Debug.
pub struct StaleSealed {
    /// Its company.
    pub company: CompanyId,
    /// Its row.
    pub id: Uuid,
    /// Whom it belongs to.
    pub holder: Uuid,
    /// The sealed value.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
}

impl StaleSealed {
    fn read(row: &QueryResult) -> Result<Self, StoreError> {
        Ok(Self {
            company: row.try_get_by_index::<Uuid>(0)?.into(),
            id: row.try_get_by_index(1)?,
            holder: row.try_get_by_index(2)?,
            sealed: row.try_get_by_index(3)?,
            key_id: row.try_get_by_index(4)?,
        })
    }
}

impl TenantTx {
    /// The next rows after `after` that another key than `present` sealed, locked until the end of this transaction.
    pub async fn stale_sealed(
        &self,
        table: SealedTable,
        present: &str,
        after: Uuid,
        limit: u16,
    ) -> Result<Vec<StaleSealed>, StoreError> {
        let sql = format!(
            "SELECT company_id, id, user_id, sealed, key_id FROM {}
             WHERE company_id = $1 AND key_id <> $2 AND id > $3 ORDER BY id LIMIT $4 FOR UPDATE",
            table.name()
        );
        let values = [self.company.0.into(), present.into(), after.into(), i64::from(limit).into()];
        self.unit.rows(&sql, values).await?.iter().map(StaleSealed::read).collect()
    }

    /// How many values of the company are sealed with none of these keys.
    pub async fn count_stale_sealed(&self, keys: &[String]) -> Result<u64, StoreError> {
        let sql = "SELECT
            (SELECT count(*) FROM factors WHERE company_id = $1 AND key_id <> ALL (string_to_array($2, ' ')))
            + (SELECT count(*) FROM backup_codes WHERE company_id = $1 AND key_id <> ALL (string_to_array($2, ' ')))";
        let row = self.unit.row(sql, [self.company.0.into(), keys.join(" ").into()]).await?;
        count(row.as_ref())
    }

    /// Puts the newly sealed value in place of the old one.
    pub async fn put_sealed(
        &self,
        table: SealedTable,
        id: Uuid,
        sealed: Vec<u8>,
        key_id: &str,
    ) -> Result<(), StoreError> {
        let sql = format!("UPDATE {} SET sealed = $3, key_id = $4 WHERE company_id = $1 AND id = $2", table.name());
        self.unit.touched(&sql, [self.company.0.into(), id.into(), sealed.into(), key_id.into()]).await?;
        Ok(())
    }
}

impl SystemTx {
    /// The next mails after `after` that another key than `present` sealed, locked until the end of this transaction.
    /// Wiped ones have no content left.
    pub async fn stale_mails(&self, present: &str, after: Uuid, limit: u16) -> Result<Vec<StaleSealed>, StoreError> {
        let sql = "SELECT company_id, id, id, sealed, key_id FROM mail_outbox
            WHERE key_id <> $1 AND id > $2 AND sealed <> '' ORDER BY id LIMIT $3 FOR UPDATE";
        let values = [present.into(), after.into(), i64::from(limit).into()];
        self.unit.rows(sql, values).await?.iter().map(StaleSealed::read).collect()
    }

    /// How many mails with content are sealed with none of these keys.
    pub async fn count_stale_mails(&self, keys: &[String]) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM mail_outbox WHERE key_id <> ALL (string_to_array($1, ' ')) AND sealed <> ''";
        let row = self.unit.row(sql, [keys.join(" ").into()]).await?;
        count(row.as_ref())
    }

    /// Puts a mail's newly sealed content in place of the old one.
    pub async fn put_sealed_mail(&self, mail: &StaleSealed, sealed: Vec<u8>, key_id: &str) -> Result<(), StoreError> {
        let sql = "UPDATE mail_outbox SET sealed = $3, key_id = $4 WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [mail.company.0.into(), mail.id.into(), sealed.into(), key_id.into()]).await?;
        Ok(())
    }
}

fn count(row: Option<&QueryResult>) -> Result<u64, StoreError> {
    let count: Option<i64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    Ok(count.unwrap_or_default().unsigned_abs())
}
