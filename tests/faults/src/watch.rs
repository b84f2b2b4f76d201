//! What is watched beside the journeys: whoever was thrown out stays out, and guesses go on counting.

use std::time::{Duration, Instant};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use crate::crowd::{Crowd, Person};

/// The bound of a revocation, and what a request needs from here to the door.
const BOUND: Duration = Duration::from_millis(5_200);
/// How long somebody who was thrown out tries.
const TRIES: Duration = Duration::from_secs(9);
/// Guesses that are compared within one window; see `domain/lockout.rs`.
const GUESSES: usize = 10;

/// The session an access token belongs to.
pub(crate) fn session_of(token: &str) -> Option<String> {
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1)?.as_bytes()).ok()?;
    Some(serde_json::from_slice::<Value>(&claims).ok()?["sid"].as_str()?.to_owned())
}

/// Tries every node over and over with what somebody held when they were thrown out.
pub async fn stays_out(crowd: Crowd, uma: Person, since: Instant) {
    while since.elapsed() < TRIES {
        for node in 0..crowd.nodes() {
            let asked = since.elapsed();
            let answer = crowd.ask(node, "GET", "/api/auth/session", &uma.access, None).await;
            if asked > BOUND && matches!(answer, Some((200, _))) {
                crowd.record.breach(format!("I4: {} passed node {node} {asked:?} after the receipt", uma.email));
            }
        }
        let body = json!({ "refresh_token": uma.refresh });
        if let Some((200, _)) = crowd.ask(0, "POST", "/api/auth/refresh", "", Some(body)).await {
            crowd.record.breach(format!("I4: {} renewed after the receipt", uma.email));
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Ten wrong passwords that were answered so: after them the right one is refused, too.
pub async fn guesses(crowd: &Crowd, email: &str, password: &str) {
    let mut wrong = 0;
    for turn in 0..3 * GUESSES {
        let body = json!({ "email": email, "password": "not-the-password" });
        let answer = crowd.ask(turn, "POST", "/api/auth/login", "", Some(body)).await;
        wrong += usize::from(matches!(answer, Some((401, _))));
        if wrong == GUESSES {
            break;
        }
    }
    if wrong < GUESSES {
        return;
    }
    let body = json!({ "email": email, "password": password });
    if let Some((200, _)) = crowd.ask(0, "POST", "/api/auth/login", "", Some(body)).await {
        crowd.record.breach(format!("I9: {email} signed in after {GUESSES} wrong guesses"));
    }
}
