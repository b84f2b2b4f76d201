//! Counters of attempts. They belong to no company, because an unknown address has none and is counted all the same;
//! their keys are keyed hashes.

use std::time::Duration;

use sea_orm::{QueryResult, Value};
use uuid::Uuid;

use super::{
    Store, StoreError, TenantTx,
    pool::Pool,
    unit::{self, Unit},
};
use crate::domain::{
    ids::{CompanyId, UserId},
    lockout::{Debit, Limit},
};

/// An upsert locks the row and looks at its newest version, so the limit holds with any number of callers and nodes.
const DEBIT: &str = "
    INSERT INTO attempts AS a (key, tries, window_started_at, consecutive) SELECT $1, 1, now(), 1 WHERE $2 > 0
    ON CONFLICT (key) DO UPDATE SET
      tries = CASE WHEN a.window_started_at <= now() - make_interval(secs => $3) THEN 1 ELSE a.tries + 1 END,
      window_started_at =
        CASE WHEN a.window_started_at <= now() - make_interval(secs => $3) THEN now() ELSE a.window_started_at END,
      consecutive = least(a.consecutive, 1000000) + 1
    WHERE (a.window_started_at <= now() - make_interval(secs => $3) OR a.tries < $2) AND a.consecutive < $4
    RETURNING tries, consecutive";

const REST: &str = "SELECT extract(epoch FROM window_started_at + make_interval(secs => $2) - now())::float8
    FROM attempts WHERE key = $1";

/// Where a counter's statements run: in a unit of work, or each for itself.
trait Ledger {
    async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StoreError>;
}

impl Ledger for Unit {
    async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StoreError> {
        Unit::row(self, sql, values).await
    }
}

/// Statements each committed by itself. Doing one again on a fresh connection is safe for everything in this file: an
/// attempt counted twice errs on the side of caution.
impl Ledger for Pool {
    async fn row(&self, sql: &str, values: Vec<Value>) -> Result<Option<QueryResult>, StoreError> {
        self.once(&unit::statement(sql, values)).await
    }
}

async fn debit(ledger: &impl Ledger, key: [u8; 32], limit: Limit) -> Result<Debit, StoreError> {
    let Limit { tries, window, hard_stop } = limit;
    let (key, seconds): (Value, Value) = (key.to_vec().into(), window.as_secs_f64().into());
    let limit = i32::try_from(tries).unwrap_or(i32::MAX).into();
    let stop = hard_stop.map_or(i32::MAX, |stop| i32::try_from(stop).unwrap_or(i32::MAX)).into();
    if let Some(row) = ledger.row(DEBIT, vec![key.clone(), limit, seconds.clone(), stop]).await? {
        let (tries, consecutive) = row.try_get_many_by_index::<(i32, i32)>()?;
        return Ok(Debit::Granted { tries: tries.unsigned_abs(), consecutive: consecutive.unsigned_abs() });
    }
    let rest = ledger.row(REST, vec![key, seconds]).await?;
    let rest = rest.map(|row| row.try_get_by_index::<f64>(0)).transpose()?;
    let rest =
        rest.map_or(window, |seconds| Duration::from_secs_f64(seconds.clamp(1.0, window.as_secs_f64().max(1.0))));
    Ok(Debit::Exhausted { retry_after: rest })
}

async fn refund_all(ledger: &impl Ledger, keys: Vec<[u8; 32]>) -> Result<(), StoreError> {
    let keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
    ledger.row("DELETE FROM attempts WHERE key = ANY($1)", vec![keys.into()]).await?;
    Ok(())
}

async fn refund(ledger: &impl Ledger, key: [u8; 32]) -> Result<u32, StoreError> {
    let sql = "DELETE FROM attempts WHERE key = $1 RETURNING consecutive";
    let row = ledger.row(sql, vec![key.to_vec().into()]).await?;
    let tries = row.map(|row| row.try_get_by_index::<i32>(0)).transpose()?;
    Ok(tries.map_or(0, i32::unsigned_abs))
}

impl TenantTx {
    /// Counts an attempt against `key`. Held until the end of this transaction, and undone if it rolls back: where the
    /// count must stand whatever happens next, use [`Store::debit`].
    pub async fn debit(&self, key: [u8; 32], limit: Limit) -> Result<Debit, StoreError> {
        debit(&self.unit, key, limit).await
    }

    /// Sets a counter back to zero, together with the success that this transaction commits. Answers how many tries since
    /// the last success that forgets, over all windows and the present one among them.
    pub async fn refund(&self, key: [u8; 32]) -> Result<u32, StoreError> {
        refund(&self.unit, key).await
    }

    /// Sets several counters back to zero, together with the success that this transaction commits.
    pub async fn refund_all(&self, keys: Vec<[u8; 32]>) -> Result<(), StoreError> {
        refund_all(&self.unit, keys).await
    }
}

impl Store {
    /// Counts an attempt against `key`, committed before it answers: count first, verify second.
    /// Guarantees: at most `limit` attempts are granted in a `window`, which begins with the first of them.
    pub async fn debit(&self, key: [u8; 32], limit: Limit) -> Result<Debit, StoreError> {
        let ledger = self.app.clone();
        self.detached(async move { debit(&ledger, key, limit).await }).await
    }

    /// Sets a counter back to zero, and answers how many tries since the last success that forgets.
    pub async fn refund(&self, key: [u8; 32]) -> Result<u32, StoreError> {
        let ledger = self.app.clone();
        self.detached(async move { refund(&ledger, key).await }).await
    }

    /// The account behind a normalised address, and a company's slug where it was given; without it, the account last
    /// signed in to. Deactivated accounts are found (they must cost the same), accounts of suspended companies not.
    pub async fn find_account(
        &self,
        email_norm: &str,
        slug: Option<&str>,
    ) -> Result<Option<(CompanyId, UserId)>, StoreError> {
        let values = vec![email_norm.into(), slug.map(String::from).into()];
        let ledger = self.app.clone();
        let find = "SELECT company_id, user_id FROM find_account($1, $2)";
        let row = self.detached(async move { ledger.row(find, values).await }).await?;
        let found = row.map(|row| row.try_get_many_by_index::<(Uuid, Uuid)>()).transpose()?;
        Ok(found.map(|(company, user)| (company.into(), user.into())))
    }
}
