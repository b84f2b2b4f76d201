//! Why a measurement could not be taken.

use std::io;

/// A run that cannot be trusted ends with one of these; no figure is printed for it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A file, process or connection.
    #[error("{what}: {error}")]
    System {
        /// What was being done.
        what: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// The private PostgreSQL.
    #[error(transparent)]
    Cluster(#[from] voxgate::dev::postgres::ClusterError),
    /// A statement beside the server.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The server answered something else than the measurement expects.
    #[error("{what} was answered with {status}: {body}")]
    Answer {
        /// What was asked.
        what: &'static str,
        /// The status.
        status: u16,
        /// The body.
        body: String,
    },
    /// Anything else.
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// For `map_err`.
    pub fn system(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::System { what, error }
    }
}
