//! What can go wrong in the database, as the rest of the house needs to tell it apart.

use sea_orm::{ConnAcquireErr, DbErr, RuntimeErr, TryGetError};
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use crate::domain::code::{Code, Refusal};

/// An error of the store. Its text never holds values of rows.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The database cannot be reached, or every connection is taken. Nothing can be said about a commit under way.
    #[error("database unavailable: {0}")]
    Unavailable(String),
    /// A statement or a lock took too long, or two units of work blocked each other. It was rolled back; again may help.
    #[error("database timeout: {0}")]
    Timeout(String),
    /// Something like this exists already, or what it needs is gone.
    #[error("conflict with {constraint}")]
    Conflict {
        /// The constraint's name in the schema.
        constraint: String,
    },
    /// A cursor that no list of this kind has given out.
    #[error("not a cursor of this list")]
    BadCursor,
    /// A row holds something this version cannot read.
    #[error("bad row in {table} ({key}): {what}")]
    BadRow {
        /// Its table.
        table: &'static str,
        /// Its key.
        key: String,
        /// What is wrong with it.
        what: String,
    },
    /// A defect of this program or of the schema.
    #[error("store: {0}")]
    Internal(String),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match &error {
            StoreError::Unavailable(_) | StoreError::Timeout(_) => {
                tracing::warn!(%error, "database trouble");
                Code::Unavailable.into()
            }
            StoreError::Conflict { .. } => Code::Conflict.into(),
            StoreError::BadCursor => Code::InvalidQuery.into(),
            StoreError::BadRow { .. } | StoreError::Internal(_) => {
                tracing::error!(%error, "store defect");
                Code::Internal.into()
            }
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        classify(&error)
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match &error {
            DbErr::Conn(RuntimeErr::SqlxError(inner))
            | DbErr::Exec(RuntimeErr::SqlxError(inner))
            | DbErr::Query(RuntimeErr::SqlxError(inner)) => classify(inner),
            DbErr::ConnectionAcquire(ConnAcquireErr::Timeout | ConnAcquireErr::ConnectionClosed) | DbErr::Conn(_) => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Internal(error.to_string()),
        }
    }
}

impl From<TryGetError> for StoreError {
    fn from(error: TryGetError) -> Self {
        Self::Internal(DbErr::from(error).to_string())
    }
}

fn classify(error: &sqlx::Error) -> StoreError {
    let text = error.to_string();
    match error {
        sqlx::Error::Database(inner) => match inner.code().as_deref() {
            Some("23505" | "23503" | "23P01") => {
                StoreError::Conflict { constraint: inner.constraint().unwrap_or_default().into() }
            }
            Some("57014" | "55P03" | "25P03" | "40P01" | "40001") => StoreError::Timeout(text),
            Some(code) if is_outage(code) || has_ended(inner.as_ref()) => StoreError::Unavailable(text),
            _ => StoreError::Internal(text),
        },
        sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::BeginFailed => StoreError::Unavailable(text),
        _ => StoreError::Internal(text),
    }
}

/// SQLSTATE classes of a server that cannot serve now: connection trouble, out of resources, shutting down or
/// starting up, a database that is gone (3D) or closed to connections (55000), a role that may not log in, trouble inside
/// PostgreSQL (XX): a file that cannot grow or be read is that, where the system's word for it has no code of its own.
fn is_outage(code: &str) -> bool {
    ["08", "53", "58", "28", "57P", "3D", "55000", "XX"].iter().any(|class| code.starts_with(class))
}

/// Whether the server gave up the connection, or itself, with this error: whatever its code is, no statement is to blame.
fn has_ended(error: &(dyn sqlx::error::DatabaseError + 'static)) -> bool {
    let severity = error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::severity);
    matches!(severity, Some(PgSeverity::Fatal | PgSeverity::Panic))
}

/// Whether the connection was lost before the statement could have done anything that lasts.
pub(super) fn is_dead_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        sqlx::Error::Database(inner) => inner.code().is_some_and(|code| code.starts_with("57P")),
        _ => false,
    }
}
