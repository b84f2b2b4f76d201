//! What concerns every account of the company at once.

use super::{StoreError, TenantTx};
use crate::domain::ids::SessionId;

impl TenantTx {
    /// Raises the company's epoch, so that every access token issued before is dead, and the credential version of every
    /// account, so that no sign-in that has begun can still become a session. Answers the company's new epoch. The caller
    /// holds [`TenantTx::lock_company`].
    pub async fn bump_company(&self) -> Result<i64, StoreError> {
        let company = "UPDATE companies SET auth_epoch = auth_epoch + 1, updated_at = now() WHERE id = $1
                       RETURNING auth_epoch";
        let row = self.unit.row(company, [self.company.0.into()]).await?;
        let row = row.ok_or_else(|| StoreError::Internal("a company's epoch was raised that does not exist".into()))?;
        let people = "UPDATE users SET credential_version = credential_version + 1 WHERE company_id = $1";
        self.unit.touched(people, [self.company.0.into()]).await?;
        Ok(row.try_get_by_index(0)?)
    }

    /// Ends the company's live sessions, but not `except`. Answers how many. Call [`TenantTx::bump_company`] first, so
    /// that no sign-in slips in behind this.
    pub async fn revoke_all_sessions(&self, except: Option<SessionId>, reason: &str) -> Result<u64, StoreError> {
        let sql = "UPDATE sessions SET revoked_at = now(), revoke_reason = $2
                   WHERE company_id = $1 AND revoked_at IS NULL AND expires_at > now()
                     AND ($3::uuid IS NULL OR id <> $3)";
        let values = [self.company.0.into(), reason.into(), except.map(|id| id.0).into()];
        self.unit.touched(sql, values).await
    }
}
