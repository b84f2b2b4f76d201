//! What the HTTP floor is told by the composition root.

use ipnet::IpNet;

/// How many requests one client address (or account, or company) may make in one bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Each second, in the long run. Zero counts as one.
    pub per_second: u32,
    /// At once. Zero counts as one.
    pub burst: u32,
}

/// The rate of each bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Routes that take a password.
    pub credentials: Rate,
    /// Second-factor codes.
    pub mfa: Rate,
    /// Renewing tokens.
    pub refresh: Rate,
    /// Everything else with a token.
    pub general: Rate,
    /// Everything else without one.
    pub public: Rate,
    /// Routes of services: by address, and by key.
    pub service: Rate,
    /// All requests of one account, whatever its addresses.
    pub account: Rate,
    /// All requests of one company's people.
    pub company: Rate,
}

#[cfg(any(test, fuzzing))]
impl Rates {
    /// The same rate in every bucket.
    pub(super) fn same(rate: Rate) -> Self {
        Self {
            credentials: rate,
            mfa: rate,
            refresh: rate,
            general: rate,
            public: rate,
            service: rate,
            account: rate,
            company: rate,
        }
    }
}

/// How the server is reached and by whom.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Scheme, host and port people use, without a slash at the end. `https` turns on `Secure` cookies and HSTS.
    pub base_url: String,
    /// Further origins that may call with cookies. Compared exactly.
    pub allowed_origins: Vec<String>,
    /// Networks whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Limits by client address.
    pub rates: Rates,
}

impl Settings {
    /// Whether people reach the server by TLS.
    pub fn is_secure(&self) -> bool {
        self.base_url.starts_with("https://")
    }

    /// Whether pages of this origin may call with cookies: the server's own and the listed ones, letter by letter.
    pub fn allows_origin(&self, origin: &str) -> bool {
        origin == self.base_url || self.allows_foreign(origin)
    }

    /// Whether this is one of the listed further origins.
    pub fn allows_foreign(&self, origin: &str) -> bool {
        self.allowed_origins.iter().any(|allowed| allowed == origin)
    }
}
