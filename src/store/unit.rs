//! One transaction, and SeaORM's way into it.

use std::sync::atomic::{AtomicBool, Ordering};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement, Value, Values,
    prelude::async_trait::async_trait,
};
use sea_query_sqlx::SqlxValues;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction, postgres::PgQueryResult, query::Query};
use tokio::sync::{Mutex, MutexGuard};

use super::{
    StoreError,
    pool::{Begin, Patience},
};

/// A running transaction. SeaORM can query only through this, and only this module's parents hold one.
pub(super) struct Unit {
    transaction: Mutex<Transaction<'static, Postgres>>,
    /// Whether statements stay prepared on their connection for the next transaction.
    prepared: bool,
    /// A statement failed: PostgreSQL will answer COMMIT with a rollback, and sqlx would call that a success.
    broken: AtomicBool,
}

impl Unit {
    /// Begins with one message: `begin`, and `more` behind it. Connections that died while idle (a restarted database) are passed over:
    /// nothing has happened on them yet, so trying the next is safe.
    pub(super) async fn begin(pool: &PgPool, begin: &Begin, more: &str) -> Result<Self, StoreError> {
        let mut patience = Patience::with(pool);
        let text = format!("{}{more}", begin.text);
        loop {
            match pool.begin_with(AssertSqlSafe(text.clone())).await {
                Ok(transaction) => {
                    let (transaction, broken) = (Mutex::new(transaction), AtomicBool::new(false));
                    return Ok(Self { transaction, prepared: begin.prepared, broken });
                }
                Err(error) if patience.allows(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Commits if the work succeeded and rolls back if it did not.
    pub(super) async fn finish<T, E: From<StoreError>>(self, outcome: Result<T, E>) -> Result<T, E> {
        let transaction = self.transaction.into_inner();
        match outcome {
            Ok(_) if self.broken.into_inner() => {
                roll_back(transaction).await;
                Err(StoreError::Internal("a unit of work ignored the error that aborted it".into()).into())
            }
            Ok(value) => {
                transaction.commit().await.map_err(StoreError::from)?;
                Ok(value)
            }
            Err(error) => {
                roll_back(transaction).await;
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

    async fn connection(&self) -> MutexGuard<'_, Transaction<'static, Postgres>> {
        self.transaction.lock().await
    }

    fn failed(&self, error: sqlx::Error) -> DbErr {
        self.broken.store(true, Ordering::Relaxed);
        DbErr::Query(RuntimeErr::SqlxError(error.into()))
    }
}

/// The connection rolls back anyway when it returns to its pool; a failure here means it is dead, and with it the
/// transaction.
async fn roll_back(transaction: Transaction<'static, Postgres>) {
    if let Err(error) = transaction.rollback().await {
        tracing::debug!(%error, "rollback on a lost connection");
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
        let mut connection = self.connection().await;
        let done: Result<PgQueryResult, _> = query(&statement, self.prepared).execute(&mut **connection).await;
        done.map(Into::into).map_err(|error| self.failed(error))
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let mut connection = self.connection().await;
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **connection).await;
        done.map(Into::into).map_err(|error| self.failed(error))
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let mut connection = self.connection().await;
        let row = query(&statement, self.prepared).fetch_optional(&mut **connection).await;
        row.map(|row| row.map(Into::into)).map_err(|error| self.failed(error))
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let mut connection = self.connection().await;
        let rows = query(&statement, self.prepared).fetch_all(&mut **connection).await;
        rows.map(|rows| rows.into_iter().map(Into::into).collect()).map_err(|error| self.failed(error))
    }
}
