//! What can go wrong with the private cluster, in sentences that say what to do.

use std::{io, path::PathBuf, process::Command};

/// Why the cluster does not run.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// No PostgreSQL programs on this machine.
    #[error(
        "no PostgreSQL programs found (looked at VOXGATE_PG_BIN, /usr/lib/postgresql/*/bin, /usr/pgsql-*/bin and PATH).\n\
         Install them with: apt-get install -y --no-install-recommends postgresql"
    )]
    NoPrograms,
    /// The programs are too old.
    #[error("PostgreSQL {found} in {} is too old: {least} or newer is needed", .bin.display())]
    TooOld {
        /// The version found.
        found: u32,
        /// The least that is needed.
        least: u32,
        /// Where it was found.
        bin: PathBuf,
    },
    /// The data was made by another major version.
    #[error(
        "the database in {} was made by PostgreSQL {data}, but the programs in {} are PostgreSQL {found}.\n\
         Install PostgreSQL {data}, or remove that directory to begin anew", .directory.display(), .bin.display()
    )]
    OtherVersion {
        /// The version that made the data.
        data: u32,
        /// The version found.
        found: u32,
        /// The data.
        directory: PathBuf,
        /// Where the programs are.
        bin: PathBuf,
    },
    /// Root, and neither `postgres` nor `nobody` exists.
    #[error("PostgreSQL does not run as root, and this machine has neither an account `postgres` nor `nobody`")]
    NoAccount,
    /// Somebody else uses the directory.
    #[error("another voxgate{} is using {}: stop it, or give this one another --data-dir", pid_note(.pid), .directory.display())]
    InUse {
        /// Its process id, when it could be read.
        pid: Option<u32>,
        /// The directory.
        directory: PathBuf,
    },
    /// A directory that should be ours belongs to somebody else.
    #[error("{} exists and is not a private directory of this account: remove it and start again", .0.display())]
    Squatted(PathBuf),
    /// No directory short enough for a socket.
    #[error("no place for the database's socket: {} is longer than a socket's path may be. Use a shorter --data-dir", .0.display())]
    SocketPath(PathBuf),
    /// A file or directory could not be used.
    #[error("cannot {doing} {}: {source}", .path.display())]
    File {
        /// What was tried.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A program could not be run or failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Its name.
        program: &'static str,
        /// What it said.
        said: String,
    },
    /// The postmaster ended before it was ready.
    #[error("PostgreSQL did not start: {said}\nIts log is {}", .log.display())]
    NotStarted {
        /// The last lines of its log.
        said: String,
        /// Where all of it is.
        log: PathBuf,
    },
    /// The postmaster of an earlier run does not end.
    #[error(
        "the PostgreSQL of an earlier run (process {0}) does not end: end it with `kill -QUIT {0}` and start again"
    )]
    Orphan(u32),
    /// The postmaster did not stop.
    #[error("PostgreSQL (process {0}) did not stop within 20 seconds")]
    NotStopped(u32),
    /// A database name that would need quotes.
    #[error("{0:?} is no name for a database: use small letters, digits and underscores")]
    DatabaseName(String),
}

fn pid_note(pid: &Option<u32>) -> String {
    pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
}

impl ClusterError {
    /// For `map_err`: a failed use of `path`.
    pub(super) fn file(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { doing, path, source }
    }
}

/// Runs a program to its end and returns what it printed.
pub(super) fn run(program: &'static str, mut command: Command) -> Result<String, ClusterError> {
    let failed = |said: String| ClusterError::Program { program, said };
    let output = command.output().map_err(|error| failed(error.to_string()))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).trim_end().to_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(failed(if said.is_empty() { output.status.to_string() } else { said }))
}
