//! What a verifier has to know.

use std::fmt;

use url::Url;

/// Which installation to trust, and the key to ask it with.
#[derive(Clone)]
pub struct Settings {
    /// Where Voxgate is reached.
    pub(crate) base: Url,
    /// The `iss` of its tokens.
    pub(crate) issuer: String,
    /// The `aud` of its tokens.
    pub(crate) audience: String,
    /// The service key.
    pub(crate) key: String,
}

/// The address of Voxgate cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no address such as https://auth.example.com")]
pub struct BadAddress(String);

impl Settings {
    /// Trusts the installation at `base_url`, which issues its tokens under that name for `voxgate`. `service_key` needs
    /// the scopes `introspect` and `revocations:read`.
    ///
    /// # Errors
    /// `base_url` is no http or https address.
    pub fn new(base_url: &str, service_key: impl Into<String>) -> Result<Self, BadAddress> {
        let bad = || BadAddress(base_url.to_owned());
        let base = Url::parse(base_url).map_err(|_| bad())?;
        if !matches!(base.scheme(), "http" | "https") || base.cannot_be_a_base() {
            return Err(bad());
        }
        let issuer = base_url.trim_end_matches('/').to_owned();
        Ok(Self { base, issuer, audience: "voxgate".into(), key: service_key.into() })
    }

    /// The same where `tokens.issuer` of the server is something else than its address.
    #[must_use]
    pub fn issued_by(mut self, issuer: impl Into<String>) -> Self {
        self.issuer = issuer.into();
        self
    }

    /// The same where `tokens.audience` of the server is not `voxgate`.
    #[must_use]
    pub fn meant_for(mut self, audience: impl Into<String>) -> Self {
        self.audience = audience.into();
        self
    }

    /// An address of the installation.
    pub(crate) fn address(&self, path: &str) -> Url {
        let mut address = self.base.clone();
        address.set_path(path);
        address
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("base", &self.base.as_str())
            .field("issuer", &self.issuer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_issuer_and_base_and_the_key_is_not_shown() {
        let settings = Settings::new("https://auth.example.com/", "vgs_secret").unwrap();
        assert_eq!(settings.issuer, "https://auth.example.com");
        assert_eq!(settings.address("/api/introspect").as_str(), "https://auth.example.com/api/introspect");
        assert!(!format!("{settings:?}").contains("secret"));
        for bad in ["auth.example.com", "ftp://x", "", "mailto:x@y"] {
            assert!(Settings::new(bad, "k").is_err(), "{bad}");
        }
    }
}
