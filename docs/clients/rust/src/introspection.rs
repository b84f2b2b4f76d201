//! Asking Voxgate about one token (RFC 7662), for the time when this service's own knowledge is too old.

use std::time::Duration;

use reqwest::{Client, StatusCode};
use serde::Deserialize;
use url::Url;

use crate::refusal::Refusal;

/// A caller waits at most this long.
const PATIENCE: Duration = Duration::from_secs(3);

/// What Voxgate says of a token.
#[derive(Debug, Deserialize)]
pub(crate) struct Told {
    pub(crate) active: bool,
    /// Authentication methods as they count now.
    #[serde(default)]
    pub(crate) amr: Vec<String>,
}

/// Asks about tokens.
pub(crate) struct Introspection {
    http: Client,
    address: Url,
    key: String,
}

impl Introspection {
    pub(crate) fn at(http: Client, address: Url, key: String) -> Self {
        Self { http, address, key }
    }

    /// What Voxgate says. Everything that is no clear answer is [`Refusal::Unavailable`].
    pub(crate) async fn ask(&self, token: &str) -> Result<Told, Refusal> {
        // Letters, digits, `-`, `_` and `.` stand for themselves in a form; a token that was read holds nothing else.
        let form = format!("token={token}&token_type_hint=access_token");
        let request = self.http.post(self.address.clone()).bearer_auth(&self.key).timeout(PATIENCE);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        let answer = request.send().await.map_err(|error| unavailable(&error))?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
                tracing::error!(
                    status = answer.status().as_u16(),
                    "Voxgate refuses this service's key for introspection"
                );
                return Err(Refusal::Unavailable);
            }
            status => return Err(unavailable(&status)),
        }
        let body = answer.bytes().await.map_err(|error| unavailable(&error))?;
        serde_json::from_slice(&body).map_err(|error| unavailable(&error))
    }
}

fn unavailable(why: &dyn std::fmt::Display) -> Refusal {
    tracing::warn!(%why, "Voxgate cannot be asked about a token");
    Refusal::Unavailable
}
