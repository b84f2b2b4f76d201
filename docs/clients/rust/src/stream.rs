//! Following the revocations: reads the stream line by line, keeps the knowledge, comes again when it breaks.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::{Client, Response};
use serde::{Deserialize, Deserializer};
use time::OffsetDateTime;
use url::Url;
use uuid::Uuid;

use crate::{known::Scope, verifier::Shared};

/// A line comes about once a second; after this long the connection is given up.
const SILENCE: Duration = Duration::from_secs(5);
/// Pauses between attempts.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// A line of Voxgate is far shorter.
const MOST_BYTES: usize = 256 * 1024;

#[derive(Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Begin {
        v: u8,
        /// Must be said: what is left out is not "all".
        #[serde(deserialize_with = "said")]
        company: Option<Uuid>,
    },
    Keys {
        kids: Vec<String>,
    },
    Revocation {
        company: Uuid,
        scope: String,
        target: Uuid,
        min_epoch: Option<i64>,
        #[serde(with = "time::serde::rfc3339")]
        expires_at: OffsetDateTime,
    },
    Heartbeat {
        asked_ms: i64,
        cursor: String,
    },
    /// Of a later version.
    #[serde(other)]
    Unknown,
}

/// `null` or an id; serde would take an absent field for `null`.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Uuid>, D::Error> {
    Option::deserialize(from)
}

/// Why a connection was given up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    #[error(transparent)]
    Http(#[from] reqwest::Error),
    #[error("no line in time")]
    Silent,
    #[error("a line that cannot be read")]
    Line,
    #[error("a version of the stream that is not known here")]
    Version,
}

/// Follows for ever.
pub(crate) async fn follow(http: Client, address: Url, key: String, shared: Arc<Shared>) {
    let (mut cursor, mut pause) = (None, FIRST_PAUSE);
    loop {
        let begun = Instant::now();
        match once(&http, &address, &key, &shared, &mut cursor).await {
            Ok(()) => tracing::debug!("the stream of revocations has ended; following again"),
            Err(error) => tracing::warn!(%error, "the stream of revocations broke"),
        }
        // A stream that went well for a while is taken up at once.
        pause = if begun.elapsed() > LONGEST_PAUSE { FIRST_PAUSE } else { (pause * 2).min(LONGEST_PAUSE) };
        tokio::time::sleep(pause).await;
    }
}

/// One connection, to its end.
async fn once(
    http: &Client,
    address: &Url,
    key: &str,
    shared: &Shared,
    cursor: &mut Option<String>,
) -> Result<(), Broken> {
    let mut address = address.clone();
    if let Some(cursor) = &*cursor {
        address.query_pairs_mut().append_pair("since", cursor);
    }
    // Before the request leaves: what the server counts from its arrival is counted from here, and so too early at most.
    let sent = Instant::now();
    let answer = tokio::time::timeout(SILENCE, http.get(address).bearer_auth(key).send()).await;
    let mut lines = Lines { answer: answer.map_err(|_| Broken::Silent)??.error_for_status()?, read: Vec::new() };
    while let Some(line) = lines.next().await? {
        take(line, sent, shared, cursor)?;
    }
    Ok(())
}

fn take(line: Line, sent: Instant, shared: &Shared, cursor: &mut Option<String>) -> Result<(), Broken> {
    match line {
        Line::Unknown => {}
        Line::Begin { v: 1, company } => shared.learn(|known| known.limit_to(company)),
        Line::Begin { .. } => return Err(Broken::Version),
        Line::Keys { kids } => shared.learn(|known| known.set_keys(kids)),
        Line::Revocation { company, scope, target, min_epoch, expires_at } => {
            let scope = read(&scope, target, min_epoch).ok_or(Broken::Line)?;
            shared.learn(|known| known.add(company, scope, expires_at.unix_timestamp()));
        }
        Line::Heartbeat { asked_ms, cursor: next } => {
            shared.stamp(moved(sent, asked_ms).ok_or(Broken::Line)?);
            *cursor = Some(next);
        }
    }
    Ok(())
}

/// The moment so many milliseconds after `origin`, or before it.
fn moved(origin: Instant, millis: i64) -> Option<Instant> {
    let distance = Duration::from_millis(millis.unsigned_abs());
    if millis < 0 { origin.checked_sub(distance) } else { origin.checked_add(distance) }
}

/// A scope that is not known here ends the connection: what it ends must not stay open.
fn read(scope: &str, target: Uuid, min_epoch: Option<i64>) -> Option<Scope> {
    Some(match (scope, min_epoch) {
        ("session", _) => Scope::Session(target),
        ("user", Some(epoch)) => Scope::User(target, epoch),
        ("rights", Some(epoch)) => Scope::Rights(target, epoch),
        ("assurance", Some(epoch)) => Scope::Assurance(target, epoch),
        ("company", Some(epoch)) => Scope::Company(epoch),
        ("others", Some(epoch)) => Scope::Others(target, epoch),
        _ => return None,
    })
}

struct Lines {
    answer: Response,
    read: Vec<u8>,
}

impl Lines {
    async fn next(&mut self) -> Result<Option<Line>, Broken> {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.read.drain(..=end).collect();
                return serde_json::from_slice(&line).map(Some).map_err(|_| Broken::Line);
            }
            if self.read.len() > MOST_BYTES {
                return Err(Broken::Line);
            }
            let chunk = tokio::time::timeout(SILENCE, self.answer.chunk()).await.map_err(|_| Broken::Silent)??;
            match chunk {
                Some(chunk) => self.read.extend_from_slice(&chunk),
                None => return Ok(None),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_read_and_an_unknown_one_is_no_line() {
        let target = Uuid::from_u128(1);
        for scope in ["user", "rights", "assurance", "company", "others"] {
            assert!(read(scope, target, Some(2)).is_some() && read(scope, target, None).is_none(), "{scope}");
        }
        assert_eq!(read("session", target, None), Some(Scope::Session(target)));
        assert_eq!(read("planet", target, Some(1)), None);
    }

    #[test]
    fn a_proven_moment_is_counted_from_the_sending_in_both_directions() {
        let now = Instant::now();
        assert_eq!(moved(now, 1500), Some(now + Duration::from_millis(1500)));
        assert_eq!(moved(now, -20).map(|then| now - then), Some(Duration::from_millis(20)));
    }

    #[test]
    fn lines_of_a_later_version_are_passed_over() {
        let line: Line = serde_json::from_str(r#"{"kind":"weather","wind":3}"#).unwrap();
        assert!(matches!(line, Line::Unknown));
        let begin: Line =
            serde_json::from_str(r#"{"kind":"begin","v":1,"company":null,"full":true,"lease_seconds":5}"#).unwrap();
        assert!(matches!(begin, Line::Begin { v: 1, company: None }));
        assert!(serde_json::from_str::<Line>(r#"{"kind":"begin","v":1,"full":true}"#).is_err(), "no word is not `all`");
    }
}
