//! A service that follows what is revoked, so that it can refuse dead tokens by itself.
//!
//! It hears lines: first what still matters (or what is new since its cursor), then everything this node hears, and about
//! once a second a heartbeat. The heartbeat carries the lease as a distance: how long after the request arrived here the
//! question was sent whose answer is complete. Added to the moment the *follower* sent its request, by its own monotonic
//! clock, that is never later than the truth: a line that lay in a buffer for a minute renews nothing.

mod cursor;
mod places;

use std::time::{Duration, Instant};

use serde::Serialize;
use time::OffsetDateTime;
use tokio::sync::broadcast::Receiver;
use utoipa::ToSchema;
use uuid::Uuid;

pub use places::Places;

use super::Tenants;
use crate::{
    domain::{
        code::Refusal,
        ids::{CompanyId, RevocationId},
        revocation::{Lease, Scope},
        service::ServiceCaller,
    },
    store::RevocationRow,
    stream::revocation::{Load, Word},
};

/// Heartbeats come at least this far apart. Pulls that other companies cause add none.
const BEAT: Duration = Duration::from_millis(900);

/// A follower has to come again after this time: the two clocks of a lease drift apart by less than half a second in it.
const LIFE: Duration = Duration::from_secs(3600);

/// One line of the stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Line {
    /// The first.
    Begin {
        /// The version of this format.
        v: u8,
        /// The one company whose revocations are told, and whose tokens this key's holder may judge by them; `null` when all
        /// companies' are.
        company: Option<CompanyId>,
        /// Whether everything that still matters follows, instead of what is new since the cursor.
        full: bool,
        /// How long a follower may answer by itself after the moment its latest heartbeat proves.
        lease_seconds: u64,
    },
    /// The keys whose tokens are taken, all of them: tokens of any other are refused. Comes at the beginning, and whenever
    /// they change.
    Keys {
        /// Their names.
        kids: Vec<String>,
    },
    /// Something is revoked. May come more than once.
    Revocation(Revoked),
    /// Everything committed up to the proven moment has been told.
    Heartbeat {
        /// The proven moment: so many milliseconds after the request arrived. Below zero for a question that was sent before.
        asked_ms: i64,
        /// For `since`, to go on after what was told so far.
        cursor: String,
    },
}

/// Something revoked.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revoked {
    /// The act.
    pub id: RevocationId,
    /// Where. It never reaches beyond.
    pub company: CompanyId,
    /// `session`: tokens with this `sid`. `user`, `rights`: tokens of this `sub` with an older `epoch`; after `rights` the
    /// session goes on with other rights. `assurance`: what such tokens say of a second factor. `company`: all tokens with an
    /// older `company_epoch`. `others`: the same, but for those with this `sid`.
    #[schema(example = "session")]
    pub scope: &'static str,
    /// The session, account or company.
    pub target: Uuid,
    /// The least epoch that still counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_epoch: Option<i64>,
    /// When every token it concerns has ended by itself.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}

impl From<RevocationRow> for Revoked {
    fn from(row: RevocationRow) -> Self {
        let (scope, target, min_epoch) = match row.scope {
            Scope::Session(id) => ("session", id.0, None),
            Scope::User { id, min_epoch } => ("user", id.0, Some(min_epoch)),
            Scope::Assurance { id, min_epoch } => ("assurance", id.0, Some(min_epoch)),
            Scope::Rights { id, min_epoch } => ("rights", id.0, Some(min_epoch)),
            Scope::Company { min_epoch } => ("company", row.company.0, Some(min_epoch)),
            Scope::Others { spared, min_epoch } => ("others", spared.0, Some(min_epoch)),
        };
        Self { id: row.id, company: row.company, scope, target, min_epoch, expires_at: row.expires_at }
    }
}

/// A stream under way.
pub struct Following {
    tenants: Tenants,
    caller: ServiceCaller,
    words: Receiver<Word>,
    arrived: Instant,
    beaten: Instant,
    keys: Vec<String>,
    _place: places::Place,
}

impl Following {
    /// Begins, for a service that was let in: the stream, and its first lines. A cursor of another installation or another
    /// key's company is none: everything that matters is told.
    ///
    /// # Errors
    /// `too_many_requests` when the key holds as many streams as one may; `unavailable` when the database does not answer.
    pub async fn begin(
        tenants: &Tenants,
        caller: ServiceCaller,
        since: Option<&str>,
    ) -> Result<(Self, Vec<Line>), Refusal> {
        let (arrived, services) = (Instant::now(), tenants.services());
        let place = services.followers.take(caller.id)?;
        let cursor = since.and_then(|text| cursor::open(services, caller.reach, text));
        // In this order: what is committed in between comes twice.
        let words = services.feed.follow();
        let Load { rows, next, sent, full } = services.feed.load_for(caller.reach, cursor).await?;
        let keys = services.access.key_names();
        let mut lines = vec![
            Line::Begin { v: 1, company: caller.reach.company(), full, lease_seconds: Lease::LENGTH.as_secs() },
            Line::Keys { kids: keys.clone() },
        ];
        lines.extend(rows.into_iter().map(|row| Line::Revocation(row.into())));
        let following =
            Self { tenants: tenants.clone(), caller, words, arrived, beaten: Instant::now(), keys, _place: place };
        lines.push(following.heartbeat(sent, next));
        Ok((following, lines))
    }

    /// The next lines; `None` when the follower has to come again: the node stops, it was too slow, its time is over, or its
    /// key opens nothing any more.
    pub async fn next(&mut self) -> Option<Vec<Line>> {
        let mut lines = Vec::new();
        loop {
            match self.words.recv().await.ok()? {
                Word::Revoked(row) if self.caller.reach.covers(row.company) => lines.push(Line::Revocation(row.into())),
                Word::Revoked(_) => {}
                Word::Pulled { sent, next } if self.beaten.elapsed() >= BEAT => {
                    self.beat(&mut lines, sent, next).await?
                }
                Word::Pulled { .. } => {}
                Word::Stopping => return None,
            }
            if !lines.is_empty() && self.words.is_empty() {
                return Some(lines);
            }
        }
    }

    async fn beat(&mut self, lines: &mut Vec<Line>, sent: Instant, next: u64) -> Option<()> {
        if self.arrived.elapsed() > LIFE {
            return None;
        }
        self.tenants.recheck_service(&self.caller).await.ok()?;
        let keys = self.tenants.services().access.key_names();
        if keys != self.keys {
            self.keys.clone_from(&keys);
            lines.push(Line::Keys { kids: keys });
        }
        lines.push(self.heartbeat(sent, next));
        self.beaten = Instant::now();
        Some(())
    }

    fn heartbeat(&self, sent: Instant, next: u64) -> Line {
        let asked_ms = distance(self.arrived, sent);
        Line::Heartbeat { asked_ms, cursor: cursor::seal(self.tenants.services(), self.caller.reach, next) }
    }
}

/// Milliseconds from `origin` to `moment`, rounded towards the past.
fn distance(origin: Instant, moment: Instant) -> i64 {
    let millis = |time: Duration| i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    match moment.checked_duration_since(origin) {
        Some(after) => millis(after),
        None => -millis(origin - moment) - 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_is_rounded_towards_the_past_on_both_sides() {
        let origin = Instant::now();
        assert_eq!(distance(origin, origin + Duration::from_micros(2_900)), 2);
        assert_eq!(distance(origin, origin), 0);
        assert_eq!(distance(origin + Duration::from_micros(2_100), origin), -3);
    }
}
