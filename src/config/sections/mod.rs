//! The sections. Each knows its keys, their types, and which values are good.

mod check;

use std::{net::SocketAddr, path::PathBuf};

use config::{Value, ValueKind};
use ipnet::IpNet;
use secrecy::SecretString;

use super::{Settings, fault::Fault, setting::Setting, source::Tree};

/// Makes the structs, reads them key by key so that every fault is found, and lists which keys there are.
macro_rules! sections {
    ($($(#[$doc:meta])* $section:ident: $name:ident { $($(#[$key_doc:meta])* $key:ident: $type:ty,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug)]
            pub struct $name { $($(#[$key_doc])* pub $key: $type,)+ }

            impl $name {
                fn read(tree: &mut Tree, faults: &mut Vec<Fault>) -> Option<Self> {
                    let mut keys = tree.remove(stringify!($section)).unwrap_or_default();
                    $(let $key = read_key::<$type>(stringify!($section), stringify!($key), keys.remove(stringify!($key)), faults);)+
                    left_over(stringify!($section), keys, faults);
                    Some(Self { $($key: $key?,)+ })
                }
            }
        )+

        /// Takes every section out of the tree. `None` when a value is missing or has the wrong type.
        pub(super) fn read_all(tree: &mut Tree, faults: &mut Vec<Fault>) -> Option<Settings> {
            $(let $section = $name::read(tree, faults);)+
            let mut unknown: Vec<_> = tree.keys().cloned().collect();
            unknown.sort();
            faults.extend(unknown.into_iter().map(|name| Fault::new(format!("[{name}]"), "is no section: correct or remove it")));
            Some(Settings { $($section: $section?,)+ })
        }

        /// Whether there is such a key (in any case), and if so whether it is a secret.
        pub(super) fn find(section: &str, key: &str) -> Option<bool> {
            let keys = [$($((stringify!($section), stringify!($key), <$type as Setting>::SECRET),)+)+];
            let same = |row: &&(&str, &str, bool)| section.eq_ignore_ascii_case(row.0) && key.eq_ignore_ascii_case(row.1);
            keys.iter().find(same).map(|row| row.2)
        }
    };
}

sections! {
    /// Where the server listens and is reached.
    server: Server {
        /// Address and port to listen on.
        listen: SocketAddr,
        /// Where people reach the server; no slash at the end.
        base_url: String,
        /// Further origins that may call with cookies.
        allowed_origins: Vec<String>,
        /// Networks whose forwarding headers are believed.
        trusted_proxies: Vec<IpNet>,
        /// How long a server that is asked to stop goes on.
        drain_seconds: u64,
        /// How long requests get to end after that.
        shutdown_seconds: u64,
    }
    /// PostgreSQL.
    database: Database {
        /// The everyday role.
        app_url: Option<SecretString>,
        /// The role of background work.
        sequencer_url: Option<SecretString>,
        /// The owner of the tables.
        owner_url: Option<SecretString>,
        /// What stands between.
        pooler: Pooler,
        /// The database without the pooler.
        direct_url: Option<SecretString>,
        /// Connections of the everyday role.
        connections: u32,
        /// No statement may take longer.
        statement_timeout_seconds: u64,
    }
    /// The key file.
    keys: Keys {
        /// Written by `voxgate keys generate`.
        file: Option<PathBuf>,
    }
    /// Access and refresh tokens.
    tokens: Tokens {
        /// Claim `iss`; empty means the base URL: read it with [`Settings::issuer`].
        issuer: String,
        /// Claim `aud`.
        audience: String,
        /// Life of an access token, in seconds.
        access_seconds: u64,
        /// Life of a refresh token, in days.
        refresh_days: u64,
    }
    /// Password hashing (argon2id) and the password rule.
    password: Password {
        /// Memory of one hash in KiB.
        memory_kib: u32,
        /// Passes over the memory.
        iterations: u32,
        /// Lanes of one hash.
        parallelism: u32,
        /// Hashing threads; 0 means one for each core.
        threads: u32,
        /// Hashes that may wait.
        queue: u32,
        /// How long one may wait, in seconds.
        deadline_seconds: u64,
        /// Which implementation hashes.
        kernel: PasswordKernel,
        /// The least number of characters of a new password.
        min_length: u32,
    }
    /// Outgoing mail.
    mail: Mail {
        /// The mail server; without it mails wait in the outbox.
        smtp_url: Option<SecretString>,
        /// The sender, as `Name <address>`.
        from: String,
    }
    /// Requests of one client address, by bucket: read them with [`Limits::credentials`] and its sisters.
    limits: Limits {
        /// Routes that take a password: each second.
        credentials_per_second: u32,
        /// Routes that take a password: at once.
        credentials_burst: u32,
        /// The second step of a sign-in: each second.
        mfa_per_second: u32,
        /// The second step of a sign-in: at once.
        mfa_burst: u32,
        /// Renewing tokens: each second.
        refresh_per_second: u32,
        /// Renewing tokens: at once.
        refresh_burst: u32,
        /// Routes with a token: each second.
        general_per_second: u32,
        /// Routes with a token: at once.
        general_burst: u32,
        /// Routes without a token: each second.
        public_per_second: u32,
        /// Routes without a token: at once.
        public_burst: u32,
        /// Routes of services, by address and by key: each second.
        service_per_second: u32,
        /// Routes of services, by address and by key: at once.
        service_burst: u32,
        /// One account: each second.
        account_per_second: u32,
        /// One account: at once.
        account_burst: u32,
        /// One company: each second.
        company_per_second: u32,
        /// One company: at once.
        company_burst: u32,
    }
    /// The live channel.
    live: Live {
        /// How often a silent socket is asked for a sign of life.
        heartbeat_seconds: u64,
        /// Frames that may wait for a slow reader.
        queue: u32,
    }
    /// How nodes reach each other.
    bus: Bus {
        /// By what.
        kind: BusKind,
        /// Where NATS is.
        nats_url: Option<SecretString>,
        /// A credentials file of NATS.
        nats_credentials: Option<PathBuf>,
        /// Under which name.
        channel: String,
        /// How long a forced logout waits for the others.
        confirm_milliseconds: u64,
    }
    /// Logs.
    log: Log {
        /// JSON or text.
        format: LogFormat,
        /// Tracing directives.
        filter: String,
    }
    /// TLS in the server itself.
    tls: Tls {
        /// The chain of certificates, the server's own first.
        certificate: Option<PathBuf>,
        /// Its private key.
        key: Option<PathBuf>,
    }
    /// What operators read.
    metrics: Metrics {
        /// Where `GET /metrics` is answered; nowhere when empty.
        listen: Option<SocketAddr>,
        /// How often the canary tries to cross between companies.
        canary_seconds: u64,
    }
    /// Traces of requests.
    traces: Traces {
        /// The collector; no traces when empty.
        otlp_url: String,
        /// How many requests of a hundred are traced.
        sample_percent: u32,
    }
}

/// A setting that is one of a few words.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$word_doc])* $variant,)+ }

        impl Setting for $name {
            fn read(value: Value) -> Result<Self, String> {
                match value.kind {
                    $(ValueKind::String(text) if text == $word => Ok(Self::$variant),)+
                    _ => Err(format!("must be {}", [$(concat!("\"", $word, "\"")),+].join(" or "))),
                }
            }
        }
    )+};
}

words! {
    /// How log lines look.
    LogFormat {
        /// One JSON object a line.
        Json = "json",
        /// One readable line, control characters escaped.
        Text = "text",
    }
    /// What stands between the server and PostgreSQL.
    Pooler {
        /// Nothing.
        None = "none",
        /// A pooler that gives each transaction any connection.
        Transaction = "transaction",
    }
    /// Which implementation of Argon2id hashes.
    PasswordKernel {
        /// The fast one where it passes its test, else the reference.
        Auto = "auto",
        /// The reference.
        Reference = "reference",
        /// The fast one, or no start.
        Fast = "fast",
    }
    /// By what nodes reach each other.
    BusKind {
        /// There is one node.
        Solo = "solo",
        /// By the notifications of PostgreSQL.
        Pair = "pair",
        /// By NATS.
        Fleet = "fleet",
    }
}

/// How many requests one client address may make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Each second, in the long run.
    pub per_second: u32,
    /// At once.
    pub burst: u32,
}

fn read_key<T: Setting>(section: &str, key: &str, value: Option<Value>, faults: &mut Vec<Fault>) -> Option<T> {
    let name = format!("{section}.{key}");
    let Some(value) = value else {
        faults.push(Fault::new(name, "has no value"));
        return None;
    };
    let origin = value.origin().map(|origin| format!(" (set by {origin})")).unwrap_or_default();
    T::read(value).map_err(|what| faults.push(Fault::new(name, format!("{what}{origin}")))).ok()
}

fn left_over(section: &str, keys: std::collections::HashMap<String, Value>, faults: &mut Vec<Fault>) {
    let mut names: Vec<_> = keys.into_keys().collect();
    names.sort();
    let fault = |key| Fault::new(format!("{section}.{key}"), "is no setting of Voxgate: correct or remove it");
    faults.extend(names.into_iter().map(fault));
}
