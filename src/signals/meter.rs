//! The counting itself. Whatever is counted often has a handle made once; the rest looks its counter up. Before
//! [`Exporter::install`](super::Exporter::install), and in commands that serve nobody, counting does nothing.

use std::{
    collections::HashMap,
    sync::{LazyLock, OnceLock},
    time::Duration,
};

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};

/// How a request ended, in few words.
const OUTCOMES: [&str; 9] =
    ["ok", "redirected", "unauthenticated", "forbidden", "not_found", "limited", "refused", "unavailable", "failed"];

fn outcome(status: u16) -> usize {
    match status {
        0..=299 => 0,
        300..=399 => 1,
        401 => 2,
        403 => 3,
        404 => 4,
        429 => 5,
        503 => 7,
        400..=499 => 6,
        _ => 8,
    }
}

/// Requests by route. A route that was never asked for shows no numbers.
#[derive(Debug)]
pub struct Routes(HashMap<&'static str, Route>);

#[derive(Debug)]
struct Route {
    name: &'static str,
    answers: [OnceLock<Counter>; OUTCOMES.len()],
    seconds: OnceLock<Histogram>,
}

/// What no route answered.
const NO_ROUTE: &str = "none";

impl Routes {
    /// Counters for the routes of these names.
    pub fn new(names: impl Iterator<Item = &'static str>) -> Self {
        let route = |name| (name, Route { name, answers: Default::default(), seconds: OnceLock::new() });
        Self(names.chain([NO_ROUTE]).map(route).collect())
    }

    /// A request was answered.
    pub fn answered(&self, route: Option<&'static str>, status: u16, took: Duration) {
        let Some(route) = self.0.get(route.unwrap_or(NO_ROUTE)) else { return };
        let outcome = outcome(status);
        let made = || counter!("voxgate_requests_total", "route" => route.name, "outcome" => OUTCOMES[outcome]);
        route.answers[outcome].get_or_init(made).increment(1);
        let made = || histogram!("voxgate_request_seconds", "route" => route.name);
        route.seconds.get_or_init(made).record(took);
    }
}

/// Handles of what is counted often.
struct Often {
    cache_hits: Counter,
    cache_misses: Counter,
    hash_wait: Histogram,
    mailbox: Histogram,
    lane_jobs: Gauge,
    batch: Histogram,
    lag: Histogram,
}

static OFTEN: LazyLock<Often> = LazyLock::new(|| Often {
    cache_hits: counter!("voxgate_token_cache_hits_total"),
    cache_misses: counter!("voxgate_token_cache_misses_total"),
    hash_wait: histogram!("voxgate_hash_wait_seconds"),
    mailbox: histogram!("voxgate_supervisor_mailbox_seconds"),
    lane_jobs: gauge!("voxgate_lane_jobs"),
    batch: histogram!("voxgate_sequencer_batch_rows"),
    lag: histogram!("voxgate_sequencer_lag_seconds"),
});

/// Shows at zero what did not happen yet, so that its first time is an increase and not a beginning.
pub(super) fn begin() {
    LazyLock::force(&OFTEN);
    for reason in ["queue_full", "too_late"] {
        counter!("voxgate_hash_rejections_total", "reason" => reason).increment(0);
    }
    for outcome in ["sent", "retried", "given_up"] {
        counter!("voxgate_mails_total", "outcome" => outcome).increment(0);
    }
    for outcome in ["stopped", "crossed", "unanswered"] {
        counter!("voxgate_walls_checks_total", "outcome" => outcome).increment(0);
    }
    for outcome in ["ok", "failed"] {
        counter!("voxgate_certificate_loads_total", "outcome" => outcome).increment(0);
    }
    for outcome in ["authenticated", "mfa_required", "invalid_credentials"] {
        counter!("voxgate_sign_ins_total", "step" => "password", "outcome" => outcome).increment(0);
    }
    for name in [
        "voxgate_lane_refusals_total",
        "voxgate_permit_refusals_total",
        "voxgate_supervisors_lost_total",
        "voxgate_revocation_checks_stale_total",
    ] {
        counter!(name).increment(0);
    }
}

/// A background loop begins.
pub fn background(name: &'static str) {
    for kind in ["error", "panic"] {
        counter!("voxgate_background_failures_total", "loop" => name, "kind" => kind).increment(0);
    }
}

/// A token's signature was looked for among those verified before.
pub fn token_cache(hit: bool) {
    let often = &*OFTEN;
    if hit { often.cache_hits.increment(1) } else { often.cache_misses.increment(1) }
}

/// A step of a sign-in ended; `outcome` says what is next, or is an error code.
pub fn sign_in(step: &'static str, outcome: &'static str) {
    counter!("voxgate_sign_ins_total", "step" => step, "outcome" => outcome).increment(1);
}

/// Tokens were renewed, or were not.
pub fn refresh(outcome: &'static str) {
    counter!("voxgate_refreshes_total", "outcome" => outcome).increment(1);
}

/// A password job began after waiting this long.
pub fn hash_waited(waited: Duration) {
    OFTEN.hash_wait.record(waited);
}

/// A password job was turned away.
pub fn hash_rejected(reason: &'static str) {
    counter!("voxgate_hash_rejections_total", "reason" => reason).increment(1);
}

/// A command reached its supervisor after this long.
pub fn mailbox_waited(waited: Duration) {
    OFTEN.mailbox.record(waited);
}

/// Counts one command in its lane for as long as this lives.
#[derive(Debug)]
pub struct InLane(());

impl InLane {
    /// The command came.
    pub fn begin() -> Self {
        OFTEN.lane_jobs.increment(1.0);
        Self(())
    }
}

impl Drop for InLane {
    fn drop(&mut self) {
        OFTEN.lane_jobs.decrement(1.0);
    }
}

/// A lane was full.
pub fn lane_full() {
    counter!("voxgate_lane_refusals_total").increment(1);
}

/// A company had no permit left.
pub fn permits_gone() {
    counter!("voxgate_permit_refusals_total").increment(1);
}

/// A supervisor panicked and is replaced.
pub fn supervisor_lost() {
    counter!("voxgate_supervisors_lost_total").increment(1);
}

/// A caller was checked in the database because the lease had run out.
pub fn lease_stale() {
    counter!("voxgate_revocation_checks_stale_total").increment(1);
}

/// Events were numbered: how many, and how old the oldest was.
pub fn sequenced(rows: usize, lag: Duration) {
    // Fewer than 2^52 rows: exact.
    #[expect(clippy::cast_precision_loss, reason = "a batch has hundreds of rows")]
    OFTEN.batch.record(rows as f64);
    OFTEN.lag.record(lag);
}

/// Events of one kind were numbered.
pub fn events(kind: &'static str, count: u64) {
    counter!("voxgate_events_total", "kind" => kind).increment(count);
}

/// A mail was handled.
pub fn mail(outcome: &'static str) {
    counter!("voxgate_mails_total", "outcome" => outcome).increment(1);
}

/// The canary tried to cross between companies.
pub fn walls(outcome: &'static str) {
    counter!("voxgate_walls_checks_total", "outcome" => outcome).increment(1);
}

/// A round of a background loop failed.
pub fn background_failed(name: &'static str, kind: &'static str) {
    counter!("voxgate_background_failures_total", "loop" => name, "kind" => kind).increment(1);
}

/// A certificate was read, or could not be.
pub fn certificate(outcome: &'static str) {
    counter!("voxgate_certificate_loads_total", "outcome" => outcome).increment(1);
}

/// Notes how something stands now. `name` is a gauge of the catalogue.
pub fn set(name: &'static str, value: f64) {
    gauge!(name).set(value);
}

/// The same with one label.
pub fn set_labelled(name: &'static str, label: &'static str, value_of_label: &'static str, value: f64) {
    gauge!(name, label => value_of_label).set(value);
}

/// Notes how far something that only grows has come. `name` is a counter of the catalogue.
pub fn set_total(name: &'static str, value: u64) {
    counter!(name).absolute(value);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_outcome() {
        let named = |status| OUTCOMES[outcome(status)];
        assert_eq!(
            [101, 200, 302, 401, 403, 404, 409, 429, 500, 503].map(named),
            [
                "ok",
                "ok",
                "redirected",
                "unauthenticated",
                "forbidden",
                "not_found",
                "refused",
                "limited",
                "failed",
                "unavailable"
            ]
        );
    }
}
