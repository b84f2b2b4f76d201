//! The cookies of the web app: two tokens, and the mark by which the device is known again. No script can read them, no other host can set them (`__Host-`), and a request that
//! carries one twice is refused rather than guessed at.

use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use crate::domain::code::{Code, Refusal};

/// Which token a cookie carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jar {
    Access,
    Refresh,
    /// Opens nothing: it only says that this browser signed in before. It outlives every session.
    Device,
}

impl Jar {
    /// Those that go with the session.
    pub(super) const TOKENS: [Self; 2] = [Self::Access, Self::Refresh];

    /// The cookie's name. Browsers accept the `__Host-` prefix with TLS only, so loopback without TLS goes without.
    pub(super) fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Access, true) => "__Host-voxgate_access",
            (Self::Refresh, true) => "__Host-voxgate_refresh",
            (Self::Device, true) => "__Host-voxgate_device",
            (Self::Device, false) => "voxgate_device",
            (Self::Access, false) => "voxgate_access",
            (Self::Refresh, false) => "voxgate_refresh",
        }
    }

    /// The value the client sent, if any.
    ///
    /// # Errors
    /// `duplicate_cookie` when the name comes twice.
    pub(super) fn read(self, headers: &HeaderMap, secure: bool) -> Result<Option<SecretString>, Refusal> {
        let name = self.name(secure);
        let lines = headers.get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value);
        let value = values.next();
        if values.next().is_some() {
            return Err(Code::DuplicateCookie.into());
        }
        Ok(value.filter(|value| !value.is_empty()).map(SecretString::from))
    }

    /// The `Set-Cookie` line that hands the token over for `seconds`.
    pub(super) fn set(self, token: &SecretString, seconds: u64, secure: bool) -> Result<HeaderValue, Refusal> {
        self.line(token.expose_secret(), seconds, secure)
    }

    /// The `Set-Cookie` line that takes the token away.
    pub(super) fn clear(self, secure: bool) -> Result<HeaderValue, Refusal> {
        self.line("", 0, secure)
    }

    fn line(self, value: &str, seconds: u64, secure: bool) -> Result<HeaderValue, Refusal> {
        let (name, tls) = (self.name(secure), if secure { "; Secure" } else { "" });
        let line = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{tls}");
        let mut line = HeaderValue::try_from(line).map_err(|_| Refusal::from(Code::Internal))?;
        line.set_sensitive(true);
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(lines: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_str(line).unwrap());
        }
        headers
    }

    fn read(lines: &[&str], secure: bool) -> Result<Option<String>, Code> {
        let value = Jar::Refresh.read(&headers(lines), secure);
        value.map(|value| value.map(|value| value.expose_secret().to_owned())).map_err(|refusal| refusal.code)
    }

    #[test]
    fn behind_tls_only_the_host_prefixed_name_counts() {
        assert_eq!(read(&["a=b; __Host-voxgate_refresh=good"], true), Ok(Some("good".into())));
        assert_eq!(read(&["voxgate_refresh=tossed; refresh=tossed"], true), Ok(None));
    }

    #[test]
    fn the_same_name_twice_is_refused_in_one_line_or_two() {
        assert_eq!(read(&["voxgate_refresh=a; voxgate_refresh=b"], false), Err(Code::DuplicateCookie));
        assert_eq!(read(&["voxgate_refresh=a", "voxgate_refresh=a"], false), Err(Code::DuplicateCookie));
    }

    #[test]
    fn the_cookie_is_out_of_reach_of_scripts_other_sites_and_other_hosts() {
        let line = Jar::Access.set(&SecretString::from("t"), 1800, true).unwrap();
        let expected = "__Host-voxgate_access=t; Path=/; Max-Age=1800; HttpOnly; SameSite=Strict; Secure";
        assert_eq!(line, expected);
        assert!(line.is_sensitive(), "a token never shows in Debug");
        assert_eq!(Jar::Access.clear(false).unwrap(), "voxgate_access=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict");
    }
}
