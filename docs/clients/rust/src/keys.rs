//! The public keys of the installation: fetched once, and again when a token names one that is not there, but not for every
//! stranger who makes a name up.

use std::{
    collections::HashMap,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::Client;
use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use crate::refusal::{Fault, Refusal};

/// An unknown name fetches the keys again at most this often.
const AGAIN_AFTER: Duration = Duration::from_secs(5);
/// No answer of Voxgate takes longer.
const PATIENCE: Duration = Duration::from_secs(5);
/// A set of keys is a few hundred bytes.
const MOST_BYTES: usize = 64 * 1024;

type Key = [u8; 32];

#[derive(Deserialize)]
struct Set {
    keys: Vec<Jwk>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: Option<String>,
    kid: Option<String>,
    x: Option<String>,
}

/// The keys, and when they were last asked for.
pub(crate) struct Keys {
    http: Client,
    address: Url,
    known: RwLock<HashMap<String, Key>>,
    /// One asks at a time; the others wait for its answer.
    asked: Mutex<Option<Instant>>,
}

impl Keys {
    pub(crate) fn at(http: Client, address: Url) -> Self {
        Self { http, address, known: RwLock::default(), asked: Mutex::default() }
    }

    /// The key of this exact name.
    pub(crate) async fn named(&self, kid: &str) -> Result<Key, Refusal> {
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        let mut asked = self.asked.lock().await;
        // Whoever waited for the lock may find it answered.
        if let Some(key) = self.known(kid) {
            return Ok(key);
        }
        if asked.is_some_and(|at| at.elapsed() < AGAIN_AFTER) {
            // Whether there is such a key cannot be asked now; while there are none at all nobody can be judged.
            return Err(if self.is_empty() { Refusal::Unavailable } else { Fault::UnknownKey.into() });
        }
        *asked = Some(Instant::now());
        let fetched = self.fetch().await.map_err(|error| {
            tracing::warn!(%error, "the keys of Voxgate cannot be fetched");
            Refusal::Unavailable
        })?;
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = fetched;
        self.known(kid).ok_or_else(|| Fault::UnknownKey.into())
    }

    fn known(&self, kid: &str) -> Option<Key> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(kid).copied()
    }

    fn is_empty(&self) -> bool {
        self.known.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    async fn fetch(&self) -> Result<HashMap<String, Key>, FetchError> {
        let answer = self.http.get(self.address.clone()).timeout(PATIENCE).send().await?.error_for_status()?;
        let body = answer.bytes().await?;
        if body.len() > MOST_BYTES {
            return Err(FetchError::Length);
        }
        read(&body).ok_or(FetchError::Form)
    }
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("too long for a set of keys")]
    Length,
    #[error("no set of keys (RFC 7517)")]
    Form,
}

/// The Ed25519 keys of a set, by name. Others are passed over.
fn read(body: &[u8]) -> Option<HashMap<String, Key>> {
    let set: Set = serde_json::from_slice(body).ok()?;
    let key = |jwk: Jwk| {
        let ed25519 = jwk.kty == "OKP" && jwk.crv.as_deref() == Some("Ed25519");
        let x = URL_SAFE_NO_PAD.decode(jwk.x.filter(|_| ed25519)?).ok()?;
        Some((jwk.kid?, Key::try_from(x).ok()?))
    };
    Some(set.keys.into_iter().filter_map(key).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_ed25519_keys_with_a_name_are_taken() {
        let x = URL_SAFE_NO_PAD.encode([7; 32]);
        let set = format!(
            r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","kid":"good","x":"{x}","alg":"EdDSA"}},
                {{"kty":"OKP","crv":"Ed25519","x":"{x}"}}, {{"kty":"OKP","crv":"X25519","kid":"a","x":"{x}"}},
                {{"kty":"oct","kid":"b","k":"AAAA"}}, {{"kty":"RSA","kid":"c","n":"AQAB","e":"AQAB"}},
                {{"kty":"OKP","crv":"Ed25519","kid":"d","x":"AAAA"}}]}}"#
        );
        let keys = read(set.as_bytes()).unwrap();
        assert_eq!(keys.keys().collect::<Vec<_>>(), ["good"]);
        assert!(read(b"[]").is_none() && read(b"<html>").is_none());
    }
}
