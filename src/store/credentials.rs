//! New passwords and addresses: each replaces what its flow saw, or nothing.

use secrecy::{ExposeSecret, SecretString};

use super::{Bump, Epochs, StoreError, TenantTx};
use crate::domain::ids::UserId;

impl TenantTx {
    /// Gives an active account a new password and raises its counters, if its credentials are still those of the version
    /// `seen`.
    ///
    /// Guarantees: of any number of callers who saw the same version one is granted. The account stays locked until the
    /// end of the transaction, as after [`TenantTx::bump_user`].
    pub async fn claim_password(
        &self,
        id: UserId,
        seen: i64,
        hash: &SecretString,
        bump: Bump,
    ) -> Result<Option<Epochs>, StoreError> {
        let sql = "UPDATE users SET password_hash = $4, auth_epoch = auth_epoch + $5,
                     credential_version = credential_version + $6, updated_at = now()
                   WHERE company_id = $1 AND id = $2 AND status = 'active' AND credential_version = $3
                   RETURNING auth_epoch, credential_version";
        let values = [
            self.company.0.into(),
            id.0.into(),
            seen.into(),
            hash.expose_secret().into(),
            i64::from(bump.tokens).into(),
            i64::from(bump.credentials).into(),
        ];
        let row = self.unit.row(sql, values).await?;
        row.map(|row| {
            let (auth_epoch, credential_version) = row.try_get_many_by_index()?;
            Ok(Epochs { auth_epoch, credential_version })
        })
        .transpose()
    }

    /// Takes the account's password away: nobody signs in until a mailed link has set another. The caller has raised the
    /// account's counters, so that no sign-in that compared the old one becomes a session.
    pub async fn void_password(&self, id: UserId) -> Result<(), StoreError> {
        let sql = "UPDATE users SET password_hash = NULL, updated_at = now() WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [self.company.0.into(), id.0.into()]).await?;
        Ok(())
    }

    /// Notes that the account's present address is its owner's. Answers whether that is new.
    pub async fn confirm_email(&self, id: UserId) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET email_verified_at = now(), updated_at = now()
                   WHERE company_id = $1 AND id = $2 AND email_verified_at IS NULL";
        Ok(self.unit.touched(sql, [self.company.0.into(), id.0.into()]).await? == 1)
    }

    /// Gives an account another address, which its owner has confirmed. A taken one is [`StoreError::Conflict`] with
    /// `users_email_unique`.
    pub async fn change_email(&self, id: UserId, email: &str, email_norm: &str) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET email = $3, email_norm = $4, email_verified_at = now(), updated_at = now()
                   WHERE company_id = $1 AND id = $2";
        let values = [self.company.0.into(), id.0.into(), email.into(), email_norm.into()];
        Ok(self.unit.touched(sql, values).await? == 1)
    }
}
