//! Passwords that are an account's no more, as hashes, where its company forbids using them again.

use secrecy::SecretString;

use super::{StoreError, TenantTx};
use crate::domain::ids::UserId;

/// One statement: what is in the table at its beginning is trimmed to one fewer, and the present one comes on top.
const KEEP: &str = "
    WITH kept AS (
      INSERT INTO former_passwords (company_id, user_id, hash)
      SELECT company_id, id, password_hash FROM users
      WHERE company_id = $1 AND id = $2 AND password_hash IS NOT NULL AND $3 > 0)
    DELETE FROM former_passwords WHERE company_id = $1 AND id IN (
      SELECT id FROM former_passwords WHERE company_id = $1 AND user_id = $2
      ORDER BY created_at DESC, id DESC OFFSET greatest($3 - 1, 0))";

const TRIM: &str = "
    DELETE FROM former_passwords WHERE company_id = $1 AND id IN (
      SELECT id FROM (
        SELECT id, row_number() OVER (PARTITION BY user_id ORDER BY created_at DESC, id DESC) AS place
        FROM former_passwords WHERE company_id = $1) f
      WHERE place > $2)";

impl TenantTx {
    /// Keeps the account's present password as a former one, `at_most` of them, before another takes its place. The caller
    /// holds the account.
    pub async fn keep_former_password(&self, user: UserId, at_most: u32) -> Result<(), StoreError> {
        self.unit.touched(KEEP, [self.company.0.into(), user.0.into(), i64::from(at_most).into()]).await?;
        Ok(())
    }

    /// The account's former passwords, the latest first.
    pub async fn former_passwords(&self, user: UserId, at_most: u32) -> Result<Vec<SecretString>, StoreError> {
        let sql = "SELECT hash FROM former_passwords WHERE company_id = $1 AND user_id = $2
                   ORDER BY created_at DESC, id DESC LIMIT $3";
        let rows = self.unit.rows(sql, [self.company.0.into(), user.0.into(), i64::from(at_most).into()]).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index::<String>(0)?.into())).collect()
    }

    /// Forgets all but the latest `at_most` former passwords of everybody in the company.
    pub async fn trim_former_passwords(&self, at_most: u32) -> Result<(), StoreError> {
        self.unit.touched(TRIM, [self.company.0.into(), i64::from(at_most).into()]).await?;
        Ok(())
    }
}
