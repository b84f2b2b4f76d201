//! The settings: one documented struct for each section, read from a documented default file, an operator's file, the
//! environment and secret files, in this order. A leaf: only the composition root reads it and hands each part its own
//! small settings.
//!
//! To add a setting: a line with its comment in `default.toml`, a field in its section, and a line in the section's
//! `check` where not every value is good. What is misspelt, unreadable or missing is reported at once, each with its key.

mod fault;
mod local;
mod sections;
mod setting;
mod source;

pub use fault::{Fault, Faults};
pub use sections::{
    Bus, BusKind, Database, Keys, Limits, Live, Log, LogFormat, Mail, Metrics, Password, PasswordKernel, Pooler, Rate,
    Server, Tls, Tokens, Traces,
};
pub use source::{DEFAULTS, Sources};

/// What a command cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing beyond sound values: `dev`, `config check`.
    Sound,
    /// The owner's database address: `migrate`.
    Owner,
    /// The sequencer's database address and the keys: `audit verify`.
    Auditing,
    /// Keys and both serving database addresses: `serve`, `seed-demo`.
    Serving,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the server listens and is reached.
    pub server: Server,
    /// PostgreSQL.
    pub database: Database,
    /// The key file.
    pub keys: Keys,
    /// Access and refresh tokens.
    pub tokens: Tokens,
    /// Password hashing and the password rule.
    pub password: Password,
    /// Outgoing mail.
    pub mail: Mail,
    /// Requests of one client address.
    pub limits: Limits,
    /// The live channel.
    pub live: Live,
    /// How nodes reach each other.
    pub bus: Bus,
    /// Logs.
    pub log: Log,
    /// TLS in the server itself.
    pub tls: Tls,
    /// What operators read.
    pub metrics: Metrics,
    /// Traces of requests.
    pub traces: Traces,
}

impl Settings {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// All faults there are, each with its key, where the value came from, and what to do.
    pub fn load(sources: &Sources, needs: Needs) -> Result<Self, Faults> {
        let mut faults = Vec::new();
        let mut tree = source::read(sources, &mut faults);
        let settings = sections::read_all(&mut tree, &mut faults);
        if let Some(settings) = &settings {
            settings.check(&mut faults);
            settings.check_needs(needs, &mut faults);
        }
        match settings {
            Some(settings) if faults.is_empty() => Ok(settings),
            _ => Err(Faults(faults)),
        }
    }

    fn check(&self, faults: &mut Vec<Fault>) {
        self.server.check(faults);
        self.database.check(faults);
        self.tokens.check(faults);
        self.password.check(faults);
        self.mail.check(faults);
        self.limits.check(faults);
        self.live.check(faults);
        self.bus.check(&self.database, faults);
        self.log.check(faults);
        self.tls.check(&self.server, faults);
        self.metrics.check(faults);
        self.traces.check(faults);
    }

    fn check_needs(&self, needs: Needs, faults: &mut Vec<Fault>) {
        let mut need = |missing: bool, key: &str, what: &str| {
            if missing {
                faults.push(Fault::new(key, format!("is needed here and not set: {what}")));
            }
        };
        if matches!(needs, Needs::Owner) {
            need(self.database.owner_url.is_none(), "database.owner_url", "give the address of the owner's role");
        }
        if matches!(needs, Needs::Auditing | Needs::Serving) {
            let what = "give the address of the role voxgate_sequencer";
            need(self.database.sequencer_url.is_none(), "database.sequencer_url", what);
        }
        if matches!(needs, Needs::Serving) {
            need(self.database.app_url.is_none(), "database.app_url", "give the address of the role voxgate_app");
        }
        if matches!(needs, Needs::Auditing | Needs::Serving) {
            need(self.keys.file.is_none(), "keys.file", "make one with `voxgate keys generate --out FILE`");
        }
    }
}

#[cfg(test)]
mod tests;
