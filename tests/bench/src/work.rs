//! What the clients of each measurement do.

use std::sync::Arc;

use serde_json::json;

use crate::{
    failure::Failure,
    load::Work,
    people::Pending,
    wire::{Wire, post},
};

/// The same request over and over, answered with 200.
#[derive(Clone, Debug)]
pub struct Same {
    /// What it is called in a failure.
    pub what: &'static str,
    /// The request.
    pub request: Arc<[u8]>,
}

impl Work for Same {
    async fn once(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        wire.ask(&self.request).await?.expect(self.what, 200)?;
        Ok(true)
    }
}

/// Session checks with a token nobody has shown before, until there is none left.
#[derive(Debug)]
pub struct FirstSight {
    /// The requests.
    pub requests: std::vec::IntoIter<Vec<u8>>,
}

impl Work for FirstSight {
    async fn once(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        let Some(request) = self.requests.next() else { return Ok(false) };
        wire.ask(&request).await?.expect("a session check", 200)?;
        Ok(true)
    }
}

/// A session that renews its tokens again and again, each time with the newest refresh token.
#[derive(Clone, Debug)]
pub struct Refreshes {
    /// The newest refresh token.
    pub token: String,
}

impl Work for Refreshes {
    async fn once(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        let body = json!({ "refresh_token": self.token });
        let answer = wire.post("a refresh", ("/api/auth/refresh", None), &body, 200).await?;
        self.token = answer["refresh_token"].as_str().unwrap_or_default().to_owned();
        Ok(true)
    }
}

/// Second steps of sign-ins whose first step was done before the measurement.
#[derive(Debug)]
pub struct SecondSteps {
    /// What is to be finished.
    pub pending: std::vec::IntoIter<Pending>,
}

impl Work for SecondSteps {
    async fn once(&mut self, wire: &mut Wire) -> Result<bool, Failure> {
        let Some(Pending { mfa_token, code }) = self.pending.next() else { return Ok(false) };
        let request = post("/api/auth/verify-mfa", None, &json!({ "mfa_token": mfa_token, "code": code }));
        wire.ask(&request).await?.expect("a second step", 200)?;
        Ok(true)
    }
}
