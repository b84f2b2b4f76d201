//! After a backup was brought back: what was issued or spent since it was taken must not live again.

use super::{StoreError, TenantTx};

impl TenantTx {
    /// Raises the company's epoch beyond every one it ever had, also those the backup knows nothing of, and the credential
    /// version of every account. Answers the new epoch. The present time is added, not one: between two recoveries from
    /// the same backup more seconds pass than epochs are used up. The caller holds [`TenantTx::lock_company`].
    pub async fn leap_company(&self) -> Result<i64, StoreError> {
        let company = "UPDATE companies SET auth_epoch = auth_epoch + extract(epoch FROM clock_timestamp())::bigint,
                       updated_at = now() WHERE id = $1 RETURNING auth_epoch";
        let row = self.unit.row(company, [self.company.0.into()]).await?;
        let row = row.ok_or_else(|| StoreError::Internal("a company was recovered that does not exist".into()))?;
        let people = "UPDATE users SET credential_version = credential_version + 1 WHERE company_id = $1";
        self.unit.touched(people, [self.company.0.into()]).await?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Spends every token that works once: challenges, tickets, reset links, invitations, address checks. Answers how many.
    pub async fn spend_every_token(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE one_time_tokens SET used_at = now() WHERE company_id = $1 AND used_at IS NULL
                   AND expires_at > now()";
        self.unit.touched(sql, [self.company.0.into()]).await
    }

    /// Lets no authenticator's code pass that could have been used before this moment: watermarks only rise.
    pub async fn raise_every_watermark(&self) -> Result<(), StoreError> {
        let sql = "UPDATE factors SET last_step = greatest(last_step, floor(extract(epoch FROM clock_timestamp()) / 30)::bigint + 1)
                   WHERE company_id = $1";
        self.unit.touched(sql, [self.company.0.into()]).await?;
        Ok(())
    }

    /// Spends every backup code: which of them were used since the backup nobody knows. Answers how many.
    pub async fn spend_every_backup_code(&self) -> Result<u64, StoreError> {
        let sql = "UPDATE backup_codes SET used_at = now() WHERE company_id = $1 AND used_at IS NULL";
        self.unit.touched(sql, [self.company.0.into()]).await
    }
}
