//! Connection pools.
//!
//! A `BEGIN` cancelled half-way leaves its connection inside a transaction that nobody owns; the next writer would be
//! told "committed" and lose everything. So every connection is rolled back when it returns to sqlx's pool.
//!
//! That, and the question whether it still lives, are two round trips for every use. A connection whose last statement
//! was answered, and which is known to be outside of a transaction, needs neither: it is kept beside sqlx's pool and lent
//! to the next caller as it is. Whatever else happens to a connection, it goes back the long way.

use std::{
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{QueryResult, Statement};
use secrecy::{ExposeSecret, SecretString};
use sqlx::{
    AssertSqlSafe, ConnectOptions, Executor, PgConnection, PgPool, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{StoreError, error, unit};

/// How long a caller waits for a free connection before it is told "unavailable".
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(1);
/// A connection goes back the long way at least this often, where sqlx's pool replaces it when it is old.
const KEPT_FOR: Duration = Duration::from_secs(300);

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
    ///
    /// Every statement has an index. A plan is kept on its connection, and one that was made while a table was small would
    /// read it from end to end until the next ANALYZE, however it has grown. And no statement is worth compiling.
    fn session(&self) -> [(&'static str, String); 6] {
        let millis = self.statement_timeout.as_millis();
        [
            ("statement_timeout", millis.to_string()),
            ("lock_timeout", (millis / 2).max(1).to_string()),
            ("idle_in_transaction_session_timeout", (millis * 2).to_string()),
            ("search_path", "public,pg_temp".into()),
            ("enable_seqscan", "off".into()),
            ("jit", "off".into()),
        ]
    }

    /// How each transaction begins. Behind a pooler the settings of a session are those of each transaction.
    fn begin(&self) -> Begin {
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

/// A pool. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pool(Arc<Inner>);

struct Inner {
    pool: PgPool,
    begin: Begin,
    /// Connections that need nothing before their next use; none once the pool is closed.
    kept: Mutex<Option<Vec<Kept>>>,
    /// As many as there may be connections: whoever has a place finds a connection, kept or in sqlx's pool.
    places: Arc<Semaphore>,
}

struct Kept {
    connection: PoolConnection<Postgres>,
    since: Instant,
}

/// A connection in somebody's hands. Dropped, it goes back the long way: rolled back, and asked whether it lives.
pub(super) struct Lent {
    kept: Kept,
    pool: Pool,
    /// Given back last, when the connection is where the next one finds it.
    _place: OwnedSemaphorePermit,
}

impl Pool {
    /// A connection, as it comes: it may have died while nobody used it.
    pub(super) async fn lend(&self) -> Result<Lent, sqlx::Error> {
        let lend = async {
            let place = Arc::clone(&self.0.places).acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
            let kept = self.kept(|kept| kept.pop());
            let kept = match kept {
                Some(kept) => kept,
                None => Kept { connection: self.0.pool.acquire().await?, since: Instant::now() },
            };
            Ok(Lent { kept, pool: self.clone(), _place: place })
        };
        tokio::time::timeout(ACQUIRE_TIMEOUT, lend).await.unwrap_or(Err(sqlx::Error::PoolTimedOut))
    }

    /// Runs one statement that commits by itself. If its connection was dead it is tried on another, so it must be one
    /// that may be done twice: nobody can say whether a connection died before or after the statement.
    pub(super) async fn once(&self, statement: &Statement) -> Result<Option<QueryResult>, StoreError> {
        let mut patience = Patience::with(self);
        loop {
            match self.only_once(statement).await {
                Ok(row) => return Ok(row),
                Err(error) if patience.allows(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Runs one statement that commits by itself, and never a second time.
    pub(super) async fn only_once(&self, statement: &Statement) -> Result<Option<QueryResult>, sqlx::Error> {
        let mut lent = self.lend().await?;
        let prepared = self.0.begin.prepared;
        if !prepared {
            // Behind a pooler a statement is prepared and run on one connection only within a transaction.
            sqlx::raw_sql(AssertSqlSafe(&*self.0.begin.text)).execute(lent.connection()).await?;
        }
        let row = unit::query(statement, prepared).fetch_optional(lent.connection()).await?;
        if !prepared {
            lent.connection().execute("COMMIT").await?;
        }
        lent.give_back_clean();
        Ok(row.map(Into::into))
    }

    /// How transactions of this pool begin.
    pub(super) fn begin(&self) -> &Begin {
        &self.0.begin
    }

    /// Waits for connections in use, and closes all.
    pub(super) async fn close(&self) {
        let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(kept);
        self.0.places.close();
        self.0.pool.close().await;
    }

    /// Connections that are open.
    pub(super) fn size(&self) -> u32 {
        self.0.pool.size()
    }

    /// Of them, those in nobody's hands.
    pub(super) fn idle(&self) -> usize {
        self.0.pool.num_idle() + self.kept(|kept| Some(kept.len())).unwrap_or_default()
    }

    /// As many as there may be.
    pub(super) fn limit(&self) -> u32 {
        self.0.pool.options().get_max_connections()
    }

    fn kept<T>(&self, change: impl FnOnce(&mut Vec<Kept>) -> Option<T>) -> Option<T> {
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(change)
    }
}

impl Lent {
    /// The connection.
    pub(super) fn connection(&mut self) -> &mut PgConnection {
        &mut self.kept.connection
    }

    /// Back to whoever comes next. Only for a connection whose last statement was answered and that is outside of a
    /// transaction.
    pub(super) fn give_back_clean(self) {
        let Self { kept, pool, _place } = self;
        if kept.since.elapsed() < KEPT_FOR {
            pool.kept(|all| {
                all.push(kept);
                Some(())
            });
        }
    }
}

/// A lazy pool: no connection is opened before it is needed.
pub(super) fn open(url: &SecretString, connections: u32, settings: &Settings) -> Result<Pool, StoreError> {
    let options = PgConnectOptions::from_str(url.expose_secret())
        .map_err(|_| StoreError::Internal("a database URL cannot be read".into()))? // its error would quote the URL
        .application_name("voxgate")
        .disable_statement_logging();
    let options = match settings.pooler {
        // The ROLLBACK below warns when there is nothing to roll back, which is the everyday case.
        Pooler::None => options.options(settings.session()).options([("client_min_messages", "error")]),
        Pooler::Transaction => options.statement_cache_capacity(0).extra_float_digits(None),
    };
    let connections = connections.max(1);
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .test_before_acquire(false)
        .after_release(|connection, _| {
            Box::pin(async move {
                connection.execute("ROLLBACK").await?;
                Ok(true)
            })
        })
        .connect_lazy_with(options);
    let places = Arc::new(Semaphore::new(usize::try_from(connections).unwrap_or(1)));
    let begin = settings.begin();
    Ok(Pool(Arc::new(Inner { pool, begin, kept: Mutex::new(Some(Vec::new())), places })))
}

/// How often a beginning may be tried again on another connection: after a restart of the database every idle
/// connection is dead, and finds out only when it is used. Never longer than a caller would wait for a connection.
pub(super) struct Patience {
    spare: u32,
    since: Instant,
}

impl Patience {
    /// Patience with this pool, from now on.
    pub(super) fn with(pool: &Pool) -> Self {
        Self { spare: pool.limit(), since: Instant::now() }
    }

    /// Whether to try again after this error.
    pub(super) fn allows(&mut self, error: &sqlx::Error) -> bool {
        let again = self.spare > 0 && self.since.elapsed() < ACQUIRE_TIMEOUT && error::is_dead_connection(error);
        self.spare = self.spare.saturating_sub(1);
        again
    }
}
