//! What the live desk counts: how sign-ins end, in equal pieces of time, against what is usual at this hour.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};
use utoipa::ToSchema;

use super::event::Kind;

/// Failures of the last so long count for the top sources.
pub const SOURCES_SPAN: Duration = Duration::minutes(15);

/// "Usual" is the mean of this hour on so many days before.
const USUAL_DAYS: i32 = 7;

/// Where an outcome is counted.
type Place = fn(&mut Counts) -> &mut i64;

/// Kinds that tell how an attempt to sign in ended.
const OUTCOMES: &[(Kind, Place)] = &[
    (Kind::LoginSucceeded, |counts| &mut counts.passed),
    (Kind::LoginFailed, |counts| &mut counts.failed),
    (Kind::MfaFailed, |counts| &mut counts.failed),
    (Kind::MfaCodeReplayed, |counts| &mut counts.failed),
    (Kind::LoginLocked, |counts| &mut counts.blocked),
    (Kind::MfaLocked, |counts| &mut counts.blocked),
];

/// The kinds that are counted at all.
pub fn counted() -> Vec<Kind> {
    OUTCOMES.iter().map(|(kind, _)| *kind).collect()
}

/// The counted kinds that let nobody in.
pub fn refusals() -> Vec<Kind> {
    counted().into_iter().filter(|kind| *kind != Kind::LoginSucceeded).collect()
}

/// How many attempts ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Signed in.
    pub passed: i64,
    /// Wrong password or code.
    pub failed: i64,
    /// The failure that closed an account's sign-in or second factor for a while.
    pub blocked: i64,
}

impl Counts {
    /// Counts so many events of a kind; kinds that are no outcome count nowhere.
    pub fn add(&mut self, kind: Kind, events: i64) {
        if let Some((_, place)) = OUTCOMES.iter().find(|(outcome, _)| *outcome == kind) {
            *place(self) += events;
        }
    }
}

/// What happened in one piece of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bucket {
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
    /// How many attempts ended how.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What is to be expected in one bucket at this hour.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "they are those of Counts")]
pub struct Usual {
    pub passed: f64,
    pub failed: f64,
    pub blocked: f64,
}

/// How far back the desk looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum Window {
    /// Five minutes in pieces of five seconds.
    #[default]
    #[serde(rename = "5m")]
    FiveMinutes,
    /// An hour in pieces of a minute.
    #[serde(rename = "1h")]
    Hour,
    /// A day in pieces of a quarter of an hour.
    #[serde(rename = "24h")]
    Day,
}

impl Window {
    /// The length of one bucket.
    pub fn bucket(self) -> Duration {
        match self {
            Self::FiveMinutes => Duration::seconds(5),
            Self::Hour => Duration::minutes(1),
            Self::Day => Duration::minutes(15),
        }
    }

    fn buckets(self) -> i32 {
        match self {
            Self::FiveMinutes | Self::Hour => 60,
            Self::Day => 96,
        }
    }

    /// When the first bucket begins; the last one holds `now`.
    pub fn begins(self, now: OffsetDateTime) -> OffsetDateTime {
        floor(now, self.bucket()) - self.bucket() * (self.buckets() - 1)
    }

    /// Every bucket up to `now`, in order, with what was `found` in it: when a bucket begins, what, how often.
    pub fn fill(self, now: OffsetDateTime, found: &[(OffsetDateTime, Kind, i64)]) -> Vec<Bucket> {
        let first = self.begins(now);
        let empty = |number| Bucket { at: first + self.bucket() * number, counts: Counts::default() };
        let mut buckets: Vec<_> = (0..self.buckets()).map(empty).collect();
        for (at, kind, events) in found {
            if let Some(bucket) = buckets.iter_mut().find(|bucket| bucket.at == *at) {
                bucket.counts.add(*kind, *events);
            }
        }
        buckets
    }

    /// The mean of one bucket, of so many hours together.
    pub fn usual(self, sum: Counts, hours: usize) -> Usual {
        let buckets = hours as f64 * (Duration::HOUR / self.bucket());
        let mean = |events: i64| events as f64 / buckets;
        Usual { passed: mean(sum.passed), failed: mean(sum.failed), blocked: mean(sum.blocked) }
    }
}

/// When the hour of `now` began on the days before, as far back as a log that begins then holds all of it.
pub fn same_hours(now: OffsetDateTime, log_begins: OffsetDateTime) -> Vec<OffsetDateTime> {
    let hours = (1..=USUAL_DAYS).map(|days| floor(now, Duration::HOUR) - Duration::DAY * days);
    hours.filter(|hour| *hour >= log_begins).collect()
}

fn floor(at: OffsetDateTime, step: Duration) -> OffsetDateTime {
    let into = at.unix_timestamp().rem_euclid(step.whole_seconds().max(1));
    at - Duration::seconds(into) - Duration::nanoseconds(i64::from(at.nanosecond()))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::domain::sample::NOON;

    const LATE: OffsetDateTime = datetime!(2026-03-02 12:34:56.789 UTC);

    #[test]
    fn buckets_stand_on_whole_steps_and_the_last_one_holds_now() {
        for window in [Window::FiveMinutes, Window::Hour, Window::Day] {
            let buckets = window.fill(LATE, &[]);
            let (first, last) = (buckets[0], buckets[buckets.len() - 1]);
            assert_eq!(first.at, window.begins(LATE));
            assert_eq!(last.at.unix_timestamp() % window.bucket().whole_seconds(), 0);
            assert!(last.at <= LATE && LATE < last.at + window.bucket());
            assert!(buckets.windows(2).all(|pair| pair[1].at - pair[0].at == window.bucket()));
        }
        assert_eq!(Window::FiveMinutes.begins(LATE), datetime!(2026-03-02 12:30:00 UTC));
        assert_eq!(Window::Day.begins(LATE), datetime!(2026-03-01 12:45:00 UTC));
    }

    #[test]
    fn every_outcome_is_counted_in_its_place_and_other_kinds_nowhere() {
        let now = datetime!(2026-03-02 12:34:58 UTC);
        let last = datetime!(2026-03-02 12:34:55 UTC);
        let found = [
            (last, Kind::LoginSucceeded, 7),
            (last, Kind::MfaFailed, 2),
            (last, Kind::LoginFailed, 3),
            (last, Kind::MfaLocked, 1),
            (last, Kind::UserInvited, 9),
            (datetime!(2026-03-02 12:00:00 UTC), Kind::LoginFailed, 99),
        ];
        let buckets = Window::FiveMinutes.fill(now, &found);
        assert_eq!(buckets[59].counts, Counts { passed: 7, failed: 5, blocked: 1 });
        assert!(buckets[..59].iter().all(|bucket| bucket.counts == Counts::default()));
    }

    #[test]
    fn the_usual_is_a_mean_over_the_days_the_log_reaches() {
        assert!(same_hours(LATE, NOON).is_empty());
        assert_eq!(same_hours(LATE, NOON - Duration::DAY), [NOON - Duration::DAY]);
        assert!(same_hours(LATE, NOON - Duration::DAY + Duration::SECOND).is_empty(), "not the whole hour");
        let all = same_hours(LATE, NOON - Duration::weeks(52));
        assert_eq!((all.len(), all[6]), (7, NOON - Duration::WEEK));
        let hours = Counts { passed: 840, failed: 84, blocked: 0 };
        assert_eq!(Window::Hour.usual(hours, 7), Usual { passed: 2.0, failed: 0.2, blocked: 0.0 });
        assert_eq!(Window::Day.usual(hours, 7).passed, 30.0);
    }
}
