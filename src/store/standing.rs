//! How the database stands, for metrics: connections in use, and what waits.

use super::{Store, StoreError, SystemTx, pool::Pool};

/// Connections of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// Which pool.
    pub name: &'static str,
    /// Open.
    pub open: usize,
    /// Open and in nobody's hands.
    pub idle: usize,
    /// The most there may be.
    pub limit: usize,
}

/// What waits to be carried on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Waiting {
    /// How many rows; counted up to 100,000.
    pub rows: i64,
    /// How long the oldest has waited (events) or has been due (mails), in seconds.
    pub seconds: f64,
}

const OUTBOX: &str = "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(at)), 0)::float8
    FROM (SELECT at FROM outbox ORDER BY id LIMIT 100000) AS waiting";
const MAIL: &str = "SELECT count(*), coalesce(extract(epoch FROM now() - min(next_attempt_at)), 0)::float8
    FROM (SELECT next_attempt_at FROM mail_outbox WHERE sent_at IS NULL AND failed_at IS NULL
          ORDER BY next_attempt_at LIMIT 100000) AS waiting";

impl Store {
    /// How the pools are used at this moment.
    pub fn pools(&self) -> [PoolUse; 2] {
        [pool_use("app", &self.app), pool_use("system", &self.system)]
    }
}

fn pool_use(name: &'static str, pool: &Pool) -> PoolUse {
    let count = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    PoolUse { name, open: count(pool.size()), idle: pool.idle(), limit: count(pool.limit()) }
}

impl SystemTx {
    /// Events that wait for their number, and mails that wait to be sent.
    pub async fn waiting(&self) -> Result<(Waiting, Waiting), StoreError> {
        Ok((self.count_waiting(OUTBOX).await?, self.count_waiting(MAIL).await?))
    }

    async fn count_waiting(&self, sql: &str) -> Result<Waiting, StoreError> {
        let row = self.unit.row(sql, []).await?;
        let row = row.ok_or_else(|| StoreError::Internal("a count answered no row".into()))?;
        let seconds: f64 = row.try_get_by_index(1)?;
        Ok(Waiting { rows: row.try_get_by_index(0)?, seconds: seconds.max(0.0) })
    }
}
