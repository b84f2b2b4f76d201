//! Which values are good, section by section.

use std::{fmt::Display, ops::RangeInclusive};

use secrecy::{ExposeSecret, SecretString};
use tracing_subscriber::EnvFilter;
use url::{Host, Url};

use super::{
    Bus, BusKind, Database, Fault, Limits, Live, Log, Mail, Metrics, Password, Pooler, Rate, Server, Settings, Tls,
    Tokens, Traces,
};

impl Settings {
    /// The claim `iss`: as set, else the base URL.
    pub fn issuer(&self) -> &str {
        if self.tokens.issuer.is_empty() { &self.server.base_url } else { &self.tokens.issuer }
    }
}

fn within<N: PartialOrd + Display>(key: &str, value: N, range: RangeInclusive<N>, faults: &mut Vec<Fault>) {
    if !range.contains(&value) {
        faults.push(Fault::new(key, format!("is {value} and must be from {} to {}", range.start(), range.end())));
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_origin(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.origin().ascii_serialization() == text).then_some(url)
}

impl Server {
    /// Whether only this machine reaches the server.
    pub fn is_private(&self) -> bool {
        is_origin(&self.base_url).is_some_and(|url| is_loopback(&url)) && self.listen.ip().is_loopback()
    }

    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        let scheme_host_port = "must be scheme, host and port only, lower case, such as \"https://auth.example.com\"";
        match is_origin(&self.base_url) {
            None => faults.push(Fault::new("server.base_url", scheme_host_port)),
            Some(url) if url.scheme() == "http" && !is_loopback(&url) => {
                let what = "must begin with https:// unless it is on loopback: tokens and links would travel readable";
                faults.push(Fault::new("server.base_url", what));
            }
            Some(_) => {}
        }
        within("server.drain_seconds", self.drain_seconds, 0..=300, faults);
        within("server.shutdown_seconds", self.shutdown_seconds, 1..=300, faults);
        let wrong = self.allowed_origins.iter().filter(|origin| is_origin(origin).is_none());
        faults.extend(
            wrong.map(|o| Fault::new("server.allowed_origins", format!("names {o:?}, which {scheme_host_port}"))),
        );
    }
}

impl Database {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        let urls = [
            ("app_url", &self.app_url),
            ("sequencer_url", &self.sequencer_url),
            ("owner_url", &self.owner_url),
            ("direct_url", &self.direct_url),
        ];
        for (key, url) in urls {
            if url.as_ref().is_some_and(|url| !has_scheme(url, &["postgres", "postgresql"])) {
                let what = "must be an address such as postgres://role:password@host:5432/voxgate";
                faults.push(Fault::new(format!("database.{key}"), what));
            }
        }
        within("database.connections", self.connections, 1..=500, faults);
        within("database.statement_timeout_seconds", self.statement_timeout_seconds, 1..=300, faults);
    }
}

fn has_scheme(url: &SecretString, schemes: &[&str]) -> bool {
    Url::parse(url.expose_secret()).is_ok_and(|url| schemes.contains(&url.scheme()))
}

impl Tokens {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        if self.audience.trim().is_empty() {
            faults.push(Fault::new("tokens.audience", "must not be empty: name whom the tokens are for"));
        }
        within("tokens.access_seconds", self.access_seconds, 1..=86400, faults);
        within("tokens.refresh_days", self.refresh_days, 1..=90, faults);
    }
}

impl Password {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        within("password.parallelism", self.parallelism, 1..=64, faults);
        let least = 8 * self.parallelism.clamp(1, 64);
        within("password.memory_kib", self.memory_kib, least..=4_194_304, faults);
        within("password.iterations", self.iterations, 1..=100, faults);
        within("password.threads", self.threads, 0..=256, faults);
        within("password.queue", self.queue, 1..=100_000, faults);
        within("password.deadline_seconds", self.deadline_seconds, 1..=60, faults);
        within("password.min_length", self.min_length, 8..=128, faults);
    }
}

impl Mail {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        if self.smtp_url.as_ref().is_some_and(|url| !has_scheme(url, &["smtp", "smtps"])) {
            faults.push(Fault::new("mail.smtp_url", "must be an address such as smtps://user:password@host"));
        }
        if self.from.parse::<lettre::message::Mailbox>().is_err() {
            faults.push(Fault::new("mail.from", "must be a sender such as \"Voxgate <no-reply@example.com>\""));
        }
    }
}

impl Limits {
    /// Sign-in, registration and other routes that take a password.
    pub fn credentials(&self) -> Rate {
        Rate { per_second: self.credentials_per_second, burst: self.credentials_burst }
    }

    /// The second step of a sign-in.
    pub fn mfa(&self) -> Rate {
        Rate { per_second: self.mfa_per_second, burst: self.mfa_burst }
    }

    /// Renewing tokens.
    pub fn refresh(&self) -> Rate {
        Rate { per_second: self.refresh_per_second, burst: self.refresh_burst }
    }

    /// Everything else that needs a token.
    pub fn general(&self) -> Rate {
        Rate { per_second: self.general_per_second, burst: self.general_burst }
    }

    /// Everything else that needs none.
    pub fn public(&self) -> Rate {
        Rate { per_second: self.public_per_second, burst: self.public_burst }
    }

    /// What services ask with a key of their own.
    pub fn service(&self) -> Rate {
        Rate { per_second: self.service_per_second, burst: self.service_burst }
    }

    /// All requests of one account.
    pub fn account(&self) -> Rate {
        Rate { per_second: self.account_per_second, burst: self.account_burst }
    }

    /// All requests of one company's people.
    pub fn company(&self) -> Rate {
        Rate { per_second: self.company_per_second, burst: self.company_burst }
    }

    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        let rates = [
            ("credentials", self.credentials()),
            ("mfa", self.mfa()),
            ("refresh", self.refresh()),
            ("general", self.general()),
            ("public", self.public()),
            ("service", self.service()),
            ("account", self.account()),
            ("company", self.company()),
        ];
        for (name, rate) in rates {
            within(&format!("limits.{name}_per_second"), rate.per_second, 1..=1_000_000, faults);
            within(&format!("limits.{name}_burst"), rate.burst, 1..=1_000_000, faults);
        }
    }
}

impl Live {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        within("live.heartbeat_seconds", self.heartbeat_seconds, 1..=300, faults);
        within("live.queue", self.queue, 16..=65_536, faults);
    }
}

impl Bus {
    /// What goes together and what does not, the database's settings included.
    pub(in crate::config) fn check(&self, database: &Database, faults: &mut Vec<Fault>) {
        within("bus.confirm_milliseconds", self.confirm_milliseconds, 0..=2000, faults);
        let named = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '-');
        if self.channel.is_empty() || self.channel.len() > 40 || !self.channel.chars().all(named) {
            faults.push(Fault::new("bus.channel", "must be 1 to 40 of a-z, 0-9, _ and -"));
        }
        let servers = self.nats_url.as_ref().map(|urls| urls.expose_secret().split(',').collect::<Vec<_>>());
        let is_server = |url: &&str| {
            Url::parse(url.trim()).is_ok_and(|url| matches!(url.scheme(), "nats" | "tls") && url.has_host())
        };
        if servers.as_ref().is_some_and(|servers| !servers.iter().all(is_server)) {
            faults.push(Fault::new("bus.nats_url", "must be addresses such as nats://user:password@host:4222"));
        }
        if self.kind == BusKind::Fleet && servers.is_none() {
            faults.push(Fault::new("bus.nats_url", "is needed by bus.kind = \"fleet\" and not set"));
        }
        if self.kind == BusKind::Pair && database.pooler == Pooler::Transaction && database.direct_url.is_none() {
            let what = "is needed by bus.kind = \"pair\" behind a pooler and not set: notifications do not pass one";
            faults.push(Fault::new("database.direct_url", what));
        }
    }
}

impl Log {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        if EnvFilter::builder().parse(&self.filter).is_err() {
            faults.push(Fault::new(
                "log.filter",
                "must be tracing directives such as \"info\" or \"voxgate=debug,info\"",
            ));
        }
    }
}

impl Tls {
    pub(in crate::config) fn check(&self, server: &Server, faults: &mut Vec<Fault>) {
        match (&self.certificate, &self.key) {
            (Some(_), None) => faults.push(Fault::new("tls.key", "is needed with tls.certificate")),
            (None, Some(_)) => faults.push(Fault::new("tls.certificate", "is needed with tls.key")),
            (Some(_), Some(_)) if !server.base_url.starts_with("https://") => {
                faults.push(Fault::new("server.base_url", "must begin with https:// where tls.certificate is set"));
            }
            _ => {}
        }
    }
}

impl Metrics {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        within("metrics.canary_seconds", self.canary_seconds, 1..=86_400, faults);
    }
}

impl Traces {
    pub(in crate::config) fn check(&self, faults: &mut Vec<Fault>) {
        within("traces.sample_percent", self.sample_percent, 1..=100, faults);
        let url = &self.otlp_url;
        if url.is_empty() {
            return;
        }
        if !(url.starts_with("http://") || url.starts_with("https://")) {
            faults.push(Fault::new("traces.otlp_url", "must be an address such as http://127.0.0.1:4318/v1/traces"));
        } else if !cfg!(feature = "otlp") {
            let what = "this program was built without traces: build it with --features otlp, or clear the setting";
            faults.push(Fault::new("traces.otlp_url", what));
        }
    }
}
