//! Answers kept for a day, for requests that are sent again. They belong to no company, because who registers one has
//! none yet; their keys are keyed hashes.

use sea_orm::QueryResult;

use super::{StoreError, TenantTx, row};

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

/// An answer that is not sealed with the present key. Its content does not show in Debug.
pub struct StaleAnswer {
    /// Its key; a keyed hash.
    pub key: [u8; 32],
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

    /// Keeps the answer of a request that this transaction has claimed, or puts the newly sealed one in place of the old.
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

    /// The next answers after the key `after` that still count and that another key than `present` sealed, locked until the
    /// end of this transaction.
    pub async fn stale_answers(
        &self,
        present: &str,
        after: Vec<u8>,
        limit: u16,
    ) -> Result<Vec<StaleAnswer>, StoreError> {
        let sql = "SELECT key, sealed, key_id FROM kept_answers
            WHERE key_id <> $1 AND key > $2 AND sealed <> '' AND expires_at > now()
            ORDER BY key LIMIT $3 FOR UPDATE";
        let rows = self.unit.rows(sql, [present.into(), after.into(), i64::from(limit).into()]).await?;
        let read = |row: &QueryResult| {
            let key = row::digest(row.try_get_by_index(0)?, "kept_answers", "a key")?;
            Ok(StaleAnswer { key, sealed: row.try_get_by_index(1)?, key_id: row.try_get_by_index(2)? })
        };
        rows.iter().map(read).collect()
    }

    /// How many answers that still count are sealed with none of these keys.
    pub async fn count_stale_answers(&self, keys: &[String]) -> Result<u64, StoreError> {
        let sql = "SELECT count(*) FROM kept_answers
            WHERE key_id <> ALL (string_to_array($1, ' ')) AND sealed <> '' AND expires_at > now()";
        let row = self.unit.row(sql, [keys.join(" ").into()]).await?;
        let count = row.map(|row| row.try_get_by_index::<i64>(0)).transpose()?;
        Ok(count.unwrap_or_default().unsigned_abs())
    }
}
