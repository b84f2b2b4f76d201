//! A private PostgreSQL cluster from the installed programs: made when missing, used again, gone with its parent.
//!
//! * It is reached through a Unix socket in a directory only its account can open; it listens on no network.
//! * PostgreSQL refuses to run as root: then it runs as `postgres`, else as `nobody`.
//! * The kernel tells the postmaster when its parent dies, even by `kill -9`: no orphan stays. The next start waits for
//!   one that is still shutting down.
//! * A second program on the same directory is refused by a file lock.
//!
//! Everything here blocks: call it before the runtime starts or from a blocking thread.

mod account;
mod error;
mod home;
mod initdb;
mod postmaster;
mod programs;
mod tidy;

use std::path::Path;

pub use error::ClusterError;
use {account::Account, home::Home, postmaster::Postmaster, programs::Programs};

/// What the cluster promises after a power cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// What PostgreSQL promises: an acknowledged commit stays.
    Safe,
    /// Nothing. For tests.
    Fast,
}

/// A running cluster. Stops when dropped.
#[derive(Debug)]
pub struct Cluster {
    // Order matters: the postmaster ends before the lock opens.
    postmaster: Postmaster,
    home: Home,
    programs: Programs,
    account: Account,
    notes: Vec<String>,
    _lock: home::Lock,
}

impl Cluster {
    /// Starts the cluster under `data_dir`, making it first when it is not there. Takes 1 to 2 seconds the first time and
    /// about 0.1 seconds later. Makes `data_dir` as well; as root in a way that the database account can pass through it.
    ///
    /// # Errors
    /// No usable PostgreSQL, another program on the same directory, data of another version, or what PostgreSQL said.
    pub fn start(data_dir: &Path, durability: Durability) -> Result<Self, ClusterError> {
        let account = Account::choose()?;
        let (home, notes) = Home::prepare(data_dir, &account)?;
        let lock = home.lock()?;
        let programs = Programs::find(home.data_version())?;
        tidy::wait_for_orphan(&home)?;
        initdb::ensure(&home, &programs, &account, durability)?;
        let postmaster = Postmaster::start(&home, &programs, &account, durability)?;
        Ok(Self { postmaster, home, programs, account, notes, _lock: lock })
    }

    /// The address of `database` for the role `user`, for sqlx and for libpq alike. Nobody needs a password here.
    pub fn url(&self, user: &str, database: &str) -> String {
        let socket: String = self.home.socket.to_string_lossy().bytes().map(percent).collect();
        format!("postgres://{user}@{socket}/{database}")
    }

    /// Makes `database` where it is missing. The name may hold small letters, digits and underscores.
    ///
    /// # Errors
    /// Another kind of name, or what PostgreSQL said.
    pub fn ensure_database(&self, database: &str) -> Result<(), ClusterError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if database.is_empty() || database.len() > 63 || !database.chars().all(plain) {
            return Err(ClusterError::DatabaseName(database.into()));
        }
        let found = self.psql("postgres", &format!("SELECT 1 FROM pg_database WHERE datname = '{database}'"))?;
        if found.is_empty() {
            self.psql("postgres", &format!("CREATE DATABASE {database}"))?;
        }
        Ok(())
    }

    /// Runs SQL as the cluster's superuser (`postgres`) and returns its unaligned output without headings.
    ///
    /// # Errors
    /// What PostgreSQL said.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, ClusterError> {
        let mut psql = self.account.command(&self.programs.path("psql"));
        psql.args(["-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "postgres", "-d", database, "-c", sql, "-h"]);
        psql.arg(&self.home.socket);
        error::run("psql", psql)
    }

    /// What a person should know about where things went, one sentence each. Usually empty.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// The directory of the socket; also what `PGHOST` may be set to.
    pub fn socket_dir(&self) -> &Path {
        &self.home.socket
    }

    /// The process id of the postmaster.
    pub fn pid(&self) -> u32 {
        self.postmaster.pid()
    }

    /// Stops the cluster: open transactions are rolled back, everything committed is on disk.
    ///
    /// # Errors
    /// It did not end within 20 seconds.
    pub fn stop(mut self) -> Result<(), ClusterError> {
        self.postmaster.stop()
    }
}

fn percent(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}
