//! Devices and networks an account has signed in from, by keyed marks.

use super::{StoreError, TenantTx, row::digest};
use crate::domain::ids::{SessionId, UserId};

impl TenantTx {
    /// Whether the account has finished a sign-in with this mark before.
    pub async fn knows_device(&self, user: UserId, mark: [u8; 32]) -> Result<bool, StoreError> {
        let sql = "SELECT FROM devices WHERE company_id = $1 AND user_id = $2 AND mark = $3";
        Ok(self.unit.row(sql, [self.company.0.into(), user.0.into(), mark.to_vec().into()]).await?.is_some())
    }

    /// The marks of the devices an account has finished a sign-in on.
    pub async fn devices(&self, user: UserId) -> Result<Vec<[u8; 32]>, StoreError> {
        let sql = "SELECT mark FROM devices WHERE company_id = $1 AND user_id = $2 AND NOT network";
        let rows = self.unit.rows(sql, [self.company.0.into(), user.0.into()]).await?;
        rows.iter().map(|row| digest(row.try_get_by_index(0)?, "devices", user)).collect()
    }

    /// Notes a finished sign-in with this mark. Guarantees: of all callers, on any nodes, one hears that it is new.
    pub async fn note_device(&self, user: UserId, mark: [u8; 32]) -> Result<bool, StoreError> {
        let sql = "INSERT INTO devices AS d (company_id, user_id, mark) VALUES ($1, $2, $3)
                   ON CONFLICT (company_id, user_id, mark) DO UPDATE SET last_seen_at = now()
                   RETURNING d.first_seen_at = d.last_seen_at AND d.xmax = 0";
        let row = self.unit.row(sql, [self.company.0.into(), user.0.into(), mark.to_vec().into()]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or(false))
    }

    /// Notes a finished sign-in from the network with this mark, in this session. One not seen before is marked there, unless
    /// it is the first the account has: that one is no news.
    pub async fn note_network(&self, user: UserId, session: SessionId, mark: [u8; 32]) -> Result<(), StoreError> {
        let sql = "WITH noted AS (
              INSERT INTO devices AS d (company_id, user_id, mark, network) VALUES ($1, $2, $3, true)
              ON CONFLICT (company_id, user_id, mark) DO UPDATE SET last_seen_at = now()
              RETURNING d.first_seen_at = d.last_seen_at AND d.xmax = 0 AS new)
            UPDATE sessions SET new_network = true FROM noted WHERE company_id = $1 AND id = $4 AND noted.new
              AND EXISTS (SELECT FROM devices WHERE company_id = $1 AND user_id = $2 AND network)";
        let values = [self.company.0.into(), user.0.into(), mark.to_vec().into(), session.0.into()];
        self.unit.touched(sql, values).await?;
        Ok(())
    }

    /// Notes that the session began on a device that is new to its account.
    pub async fn mark_new_device(&self, session: SessionId) -> Result<(), StoreError> {
        let sql = "UPDATE sessions SET new_device = true WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [self.company.0.into(), session.0.into()]).await?;
        Ok(())
    }
}
