//! Why a command could not be done.

use std::{io, path::PathBuf};

use super::tls::TlsError;
use crate::{
    config::Faults,
    crypto::{
        keys::{KeyFault, KeyFileError},
        password,
    },
    dev::postgres::ClusterError,
    domain::code::Refusal,
    signals::ExporterError,
    store::{StoreError, WallFault},
    telemetry::TelemetryError,
    tenant::flows::KeepingError,
};

/// Every reason, in words that say what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Settings are wrong or missing.
    #[error("{0}")]
    Settings(#[from] Faults),
    /// Logging could not begin.
    #[error(transparent)]
    Telemetry(#[from] TelemetryError),
    /// The private PostgreSQL of `dev` does not start.
    #[error(transparent)]
    Cluster(#[from] ClusterError),
    /// The key file is missing, unreadable or weak.
    #[error("{0}")]
    Keys(#[from] KeyFileError),
    /// The database does not answer.
    #[error("the database does not answer: {0}. Check the addresses in [database] and that PostgreSQL runs")]
    Store(#[from] StoreError),
    /// The audit log could not be kept.
    #[error("the audit log could not be signed: {0}")]
    Keeping(#[from] KeepingError),
    /// The database has no tables or older ones.
    #[error("the database could not be migrated: {0}. `voxgate migrate` needs the role that owns the tables")]
    Migration(String),
    /// The tables are those of an older version.
    #[error(
        "the database has the tables of an older version ({} missing). Run `voxgate migrate` with this version first",
        .0.join(", ")
    )]
    OldSchema(Vec<String>),
    /// Row-level security could be bypassed.
    #[error("refusing to serve: tenants would not be walled off\n{}", list(.0))]
    Walls(Vec<WallFault>),
    /// The port is taken, or the like.
    #[error("cannot listen on {address}: {error}. Choose another with --listen or server.listen")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// The same for the metrics.
    #[error("cannot answer /metrics on {address}: {error}. Choose another with metrics.listen, or \"\" for none")]
    ListenMetrics {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        error: io::Error,
    },
    /// Nothing can be counted.
    #[error(transparent)]
    Metrics(#[from] ExporterError),
    /// The TLS certificate cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// A file or thread could not be had.
    #[error("{what}: {error}")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// Password hashing could not begin.
    #[error(transparent)]
    Hashing(#[from] password::StartError),
    /// A key in the key file is not usable.
    #[error("{0}")]
    Key(#[from] KeyFault),
    /// The mail server's address cannot be used.
    #[error("mail.smtp_url: {0}")]
    Mail(String),
    /// A file is there already.
    #[error("{0} exists already; keys are never overwritten. Move it away first")]
    Exists(PathBuf),
    /// The demo companies were asked for where strangers are.
    #[error(
        "people reach this server at {0}, and everybody knows the passwords of the demo companies. If that is what you \
         want, say --with-public-passwords"
    )]
    Public(String),
    /// A flow refused.
    #[error("{what}: {refusal}")]
    Refused {
        /// What was tried.
        what: String,
        /// The refusal.
        refusal: Refusal,
    },
    /// Something is missing in what was typed.
    #[error("{0}")]
    Choose(&'static str),
    /// Old sealing keys are still needed.
    #[error("{0} stored values are sealed with older keys: run `voxgate keys reseal` first")]
    StillSealed(u64),
    /// Some values open with no key of the file.
    #[error("sealed {done} values anew, but {unopened} open with no key of the file: restore the key that sealed them")]
    Unopened {
        /// Sealed anew.
        done: u64,
        /// Left as they are.
        unopened: u64,
    },
    /// There is no such person.
    #[error("there is no account {email} in company `{company}`")]
    NoAccount {
        /// The address.
        email: String,
        /// The company's short name.
        company: String,
    },
    /// The doctor found something.
    #[error("{0} things are wrong; see above")]
    Unwell(usize),
    /// There is no such company.
    #[error("there is no company `{0}`: give its short name, as at sign-in, or its id")]
    NoCompany(String),
    /// The audit log does not verify.
    #[error("{0}")]
    Audit(String),
}

fn list(faults: &[WallFault]) -> String {
    faults.iter().map(|fault| format!("  - {fault}\n")).collect()
}
