//! Answers kept for a day, for requests that are sent again. They belong to no company, because who registers one has
//! none yet; their keys are keyed hashes.

use sea_orm::QueryResult;

use super::{StoreError, TenantTx};

/// An answer that was given.
#[derive(Clone)]
pub struct KeptAnswer {
    /// Of which request; a keyed hash.
    pub fingerprint: Vec<u8>,
    /// The answer, sealed.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
}

/// Whoever holds the lock is doing it in this moment; whoever finds a row that still counts comes too late.
const CLAIM: &str = "
    INSERT INTO kept_answers AS k (key, fingerprint, expires_at)
    SELECT $1, $2, now() + interval '24 hours' WHERE pg_try_advisory_xact_lock($3)
    ON CONFLICT (key) DO UPDATE SET
      fingerprint = excluded.fingerprint, sealed = '', key_id = '', expires_at = excluded.expires_at
    WHERE k.expires_at <= now()";

impl TenantTx {
    /// Takes a key for one request, together with everything this transaction does.
    /// Guarantees: of all callers with one key, on any number of nodes, one at a time passes; once it has committed,
    /// nobody does for 24 hours; if it rolls back, the key is free. Nobody waits here.
    pub async fn claim_request(&self, key: [u8; 32], fingerprint: [u8; 32]) -> Result<bool, StoreError> {
        let lock = key.first_chunk().map_or(0, |first: &[u8; 8]| i64::from_be_bytes(*first));
        let values = [key.to_vec().into(), fingerprint.to_vec().into(), lock.into()];
        Ok(self.unit.touched(CLAIM, values).await? == 1)
    }

    /// Keeps the answer of a request that this transaction has claimed.
    pub async fn keep_answer(&self, key: [u8; 32], sealed: Vec<u8>, key_id: &str) -> Result<(), StoreError> {
        let sql = "UPDATE kept_answers SET sealed = $2, key_id = $3 WHERE key = $1";
        self.unit.touched(sql, [key.to_vec().into(), sealed.into(), key_id.into()]).await?;
        Ok(())
    }

    /// What was answered to the request with this key within the last 24 hours.
    pub async fn kept_answer(&self, key: [u8; 32]) -> Result<Option<KeptAnswer>, StoreError> {
        let sql = "SELECT fingerprint, sealed, key_id FROM kept_answers WHERE key = $1 AND expires_at > now()";
        let row = self.unit.row(sql, [key.to_vec().into()]).await?;
        row.map(|row: QueryResult| {
            let (fingerprint, sealed) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            Ok(KeptAnswer { fingerprint, sealed, key_id: row.try_get_by_index(2)? })
        })
        .transpose()
    }
}
