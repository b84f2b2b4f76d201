//! One transaction, and SeaORM's way into it.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value, Values,
    prelude::async_trait::async_trait,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, Executor, Postgres, postgres::PgQueryResult, query::Query};
use tokio::sync::{Mutex, MutexGuard};

use super::{
    StoreError,
    pool::{Lent, Patience, Pool},
};

/// A running transaction. SeaORM can query only through this, and only this module's parents hold one.
pub(super) struct Unit {
    /// Inside of the transaction. Dropped before its end was answered, it goes back the long way and is rolled back.
    lent: Mutex<Lent>,
    /// A statement failed: PostgreSQL will answer COMMIT with a rollback, and sqlx would call that a success.
    broken: AtomicBool,
    /// Whether statements stay prepared on their connection for the next transaction.
    prepared: bool,
}

impl Unit {
    /// Begins with one message, as transactions of this pool begin, and `more` behind it. Connections that died while idle (a restarted database) are passed over:
    /// nothing has happened on them yet, so trying the next is safe.
    pub(super) async fn begin(pool: &Pool, more: &str) -> Result<Self, StoreError> {
        let mut patience = Patience::with(pool);
        let begin = format!("{}{more}", pool.begin().text);
        loop {
            match began(pool, &begin).await {
                Ok(lent) => {
                    let (lent, broken) = (Mutex::new(lent), AtomicBool::new(false));
                    return Ok(Self { lent, broken, prepared: pool.begin().prepared });
                }
                Err(error) if patience.allows(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Commits if the work succeeded and rolls back if it did not.
    pub(super) async fn finish<T, E: From<StoreError>>(self, outcome: Result<T, E>) -> Result<T, E> {
        let mut lent = self.lent.into_inner();
        match outcome {
            Ok(_) if self.broken.into_inner() => {
                roll_back(lent).await;
                Err(StoreError::Internal("a unit of work ignored the error that aborted it".into()).into())
            }
            Ok(value) => {
                lent.connection().execute("COMMIT").await.map_err(StoreError::from)?;
                lent.give_back_clean();
                Ok(value)
            }
            Err(error) => {
                roll_back(lent).await;
                Err(error)
            }
        }
    }

    /// The rows a raw statement answers.
    pub(super) async fn rows(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, StoreError> {
        Ok(self.query_all_raw(statement(sql, values)).await?)
    }

    /// The one row a raw statement answers, if it does.
    pub(super) async fn row(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, StoreError> {
        Ok(self.query_one_raw(statement(sql, values)).await?)
    }

    /// How many rows a raw statement touched.
    pub(super) async fn touched(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<u64, StoreError> {
        Ok(self.execute_raw(statement(sql, values)).await?.rows_affected())
    }

    async fn lent(&self) -> MutexGuard<'_, Lent> {
        self.lent.lock().await
    }

    fn failed(&self, error: sqlx::Error) -> DbErr {
        self.broken.store(true, Ordering::Relaxed);
        DbErr::Query(RuntimeErr::SqlxError(error.into()))
    }
}

async fn began(pool: &Pool, begin: &str) -> Result<Lent, sqlx::Error> {
    let mut lent = pool.lend().await?;
    sqlx::raw_sql(AssertSqlSafe(begin)).execute(lent.connection()).await?;
    Ok(lent)
}

/// The connection rolls back anyway when it goes back the long way; a failure here means it is dead, and with it the
/// transaction.
async fn roll_back(mut lent: Lent) {
    match lent.connection().execute("ROLLBACK").await {
        Ok(_) => lent.give_back_clean(),
        Err(error) => tracing::debug!(%error, "rollback on a lost connection"),
    }
}

pub(super) fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// Without a cache of statements sqlx would still give each a name, which another connection's statement may have: one
/// that is not kept must have none.
pub(super) fn query(statement: &Statement, prepared: bool) -> Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(Values(Vec::new()));
    sqlx::query_with(AssertSqlSafe(statement.sql.as_str()), SqlxValues(values)).persistent(prepared)
}

#[async_trait]
impl ConnectionTrait for Unit {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let mut lent = self.lent().await;
        let done: Result<PgQueryResult, _> = query(&statement, self.prepared).execute(lent.connection()).await;
        done.map(Into::into).map_err(|error| self.failed(error))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut lent = self.lent().await;
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(lent.connection()).await;
        done.map(Into::into).map_err(|error| self.failed(error))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut lent = self.lent().await;
        let row = query(&statement, self.prepared).fetch_optional(lent.connection()).await;
        row.map(|row| row.map(Into::into)).map_err(|error| self.failed(error))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut lent = self.lent().await;
        let rows = query(&statement, self.prepared).fetch_all(lent.connection()).await;
        rows.map(|rows| rows.into_iter().map(Into::into).collect()).map_err(|error| self.failed(error))
    }
}
