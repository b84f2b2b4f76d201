//! Connection pools.
//!
//! A `BEGIN` cancelled half-way leaves its connection inside a transaction that nobody owns; the next writer would be
//! told "committed" and lose everything. So every connection is rolled back when it returns.

use std::{
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};

use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    ConnectOptions, Executor, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

use super::{StoreError, error};

/// How long a caller waits for a free connection before it is told "unavailable".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(1);

/// How to reach the database.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `postgres://` URL of the app role; `?host=/dir` names a socket directory.
    pub app_url: SecretString,
    /// The same of the sequencer role.
    pub sequencer_url: SecretString,
    /// Connections for units of work of companies, at least one.
    pub app_connections: u32,
    /// Connections for cross-company work, at least one.
    pub sequencer_connections: u32,
    /// The longest a single statement may run. Waiting for a lock gets half of it, an idle transaction twice.
    pub statement_timeout: Duration,
    /// What stands between.
    pub pooler: Pooler,
}

/// What stands between this program and PostgreSQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pooler {
    /// Nothing, or something that keeps a session together.
    #[default]
    None,
    /// A pooler that gives each transaction any server connection (PgBouncer's `pool_mode = transaction`): nothing may
    /// outlive a transaction, neither a setting nor a prepared statement.
    Transaction,
}

impl Settings {
    /// What holds for every connection, as name and value.
    fn session(&self) -> [(&'static str, String); 4] {
        let millis = self.statement_timeout.as_millis();
        [
            ("statement_timeout", millis.to_string()),
            ("lock_timeout", (millis / 2).max(1).to_string()),
            ("idle_in_transaction_session_timeout", (millis * 2).to_string()),
            ("search_path", "public,pg_temp".into()),
        ]
    }

    /// How each transaction begins. Behind a pooler the settings of a session are those of each transaction.
    pub(super) fn begin(&self) -> Begin {
        match self.pooler {
            Pooler::None => Begin { text: "BEGIN".into(), prepared: true },
            Pooler::Transaction => {
                let set = self.session().map(|(name, value)| format!("; SET LOCAL {name} = {value}"));
                Begin { text: format!("BEGIN{}", set.concat()).into(), prepared: false }
            }
        }
    }
}

/// How transactions begin, and what may outlive them.
#[derive(Clone, Debug)]
pub(super) struct Begin {
    /// The message.
    pub(super) text: Arc<str>,
    /// Whether statements stay prepared.
    pub(super) prepared: bool,
}

/// A lazy pool: no connection is opened before it is needed.
pub(super) fn open(url: &SecretString, connections: u32, settings: &Settings) -> Result<PgPool, StoreError> {
    let options = PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| StoreError::Internal("a database URL cannot be read".into()))? // its error would quote the URL
        .application_name("voxgate")
        .disable_statement_logging();
    let options = match settings.pooler {
        // The ROLLBACK below warns when there is nothing to roll back, which is the everyday case.
        Pooler::None => options.options(settings.session()).options([("client_min_messages", "error")]),
        Pooler::Transaction => options.statement_cache_capacity(0).extra_float_digits(None),
    };
    Ok(PgPoolOptions::new()
        .max_connections(connections.max(1))
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.execute("ROLLBACK").await?;
                Ok(true)
            })
        })
        .connect_lazy_with(options))
}

/// How often a beginning may be tried again on another connection: after a restart of the database every idle
/// connection is dead, and finds out only when it is used. Never longer than a caller would wait for a connection.
pub(super) struct Patience {
    spare: u32,
    since: Instant,
}

impl Patience {
    /// Patience with this pool, from now on.
    pub(super) fn with(pool: &PgPool) -> Self {
        Self { spare: pool.options().get_max_connections(), since: Instant::now() }
    }

    /// Whether to try again after this error.
    pub(super) fn allows(&mut self, error: &sqlx::Error) -> bool {
        let again = self.spare > 0 && self.since.elapsed() < ACQUIRE_TIMEOUT && error::is_dead_connection(error);
        self.spare = self.spare.saturating_sub(1);
        again
    }
}
