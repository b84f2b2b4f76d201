//! Every metric there is, with its kind and what it says.

/// What kind of number it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, until the process ends.
    Counter,
    /// Goes up and down.
    Gauge,
    /// How often a value was how large.
    Histogram,
}

/// One metric.
#[derive(Clone, Copy, Debug)]
pub struct Metric {
    /// Its name; ends in its unit, and in `_total` for counters.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// What it says, with its labels.
    pub help: &'static str,
}

const fn counter(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Counter, help }
}

const fn gauge(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Gauge, help }
}

const fn histogram(name: &'static str, help: &'static str) -> Metric {
    Metric { name, kind: Kind::Histogram, help }
}

/// The list, in the order of the way of a request.
pub const CATALOGUE: &[Metric] = &[
    counter("voxgate_requests_total", "Requests answered, by route (its name, never a path) and outcome"),
    histogram("voxgate_request_seconds", "Time from the head of a request to its answer, by route"),
    counter("voxgate_sign_ins_total", "Steps of a sign-in, by step and outcome (what is next, or the error code)"),
    counter("voxgate_refreshes_total", "Renewals of tokens, by outcome (ok, or the error code)"),
    counter("voxgate_token_cache_hits_total", "Access tokens whose signature was verified before"),
    counter("voxgate_token_cache_misses_total", "Access tokens whose signature was verified now"),
    gauge("voxgate_hash_jobs", "Password jobs that run or wait"),
    histogram("voxgate_hash_wait_seconds", "Time a password job waited for a thread"),
    counter("voxgate_hash_rejections_total", "Password jobs turned away, by reason (queue_full, too_late)"),
    gauge("voxgate_supervisors", "Companies with a supervisor on this node"),
    counter("voxgate_supervisors_lost_total", "Supervisors that panicked and were replaced"),
    histogram("voxgate_supervisor_mailbox_seconds", "Time a command waited in a supervisor's mailbox"),
    gauge("voxgate_lane_jobs", "Commands that run or wait in lanes"),
    counter("voxgate_lane_refusals_total", "Commands turned away because their lane was full"),
    gauge("voxgate_permits_in_use", "Permits of all companies in use"),
    counter("voxgate_permit_refusals_total", "Commands turned away because their company had no permit left"),
    gauge("voxgate_sockets_open", "Live sockets attached"),
    counter("voxgate_sockets_evicted_total", "Live sockets dropped because their reader was too slow"),
    counter("voxgate_sockets_revoked_total", "Live sockets closed by a revocation"),
    counter(
        "voxgate_foreign_refused_total",
        "Messages of another company that reached a hub and were refused: a defect",
    ),
    gauge(
        "voxgate_revocation_lease_age_seconds",
        "Time since the last good pull of revocations was sent; above 5 doors ask PostgreSQL",
    ),
    gauge("voxgate_revocations_held", "Revocations in this node's set"),
    counter("voxgate_revocation_checks_stale_total", "Callers checked in PostgreSQL because the lease had run out"),
    histogram("voxgate_sequencer_batch_rows", "Events numbered in one transaction"),
    histogram("voxgate_sequencer_lag_seconds", "Time from an event to its number, for the oldest event of each batch"),
    counter("voxgate_events_total", "Events numbered by this node, by kind"),
    gauge("voxgate_outbox_rows", "Events that wait for their number (up to 100000)"),
    gauge("voxgate_outbox_age_seconds", "Age of the oldest event that waits for its number"),
    gauge("voxgate_mail_waiting", "Mails that wait to be sent (up to 100000)"),
    gauge("voxgate_mail_overdue_seconds", "How long the most overdue mail has been due"),
    counter("voxgate_mails_total", "Mails handled by this node, by outcome (sent, retried, given_up)"),
    gauge("voxgate_pool_connections", "Database connections open, by pool"),
    gauge("voxgate_pool_idle", "Database connections open and idle, by pool"),
    gauge("voxgate_pool_limit", "Most database connections, by pool"),
    gauge(
        "voxgate_walls_intact",
        "1 when the last attempt of the canary to cross between companies was stopped, 0 when it came through",
    ),
    counter("voxgate_walls_checks_total", "Attempts of the canary, by outcome (stopped, crossed, unanswered)"),
    counter("voxgate_background_failures_total", "Failed rounds of background loops, by loop and kind (error, panic)"),
    counter("voxgate_certificate_loads_total", "TLS certificates read, by outcome (ok, failed)"),
    gauge("voxgate_build_info", "1; the version is a label"),
    gauge("process_start_time_seconds", "When the process started, in seconds since 1970"),
    gauge("process_resident_memory_bytes", "Resident memory"),
    gauge("process_open_fds", "Open file descriptors"),
    gauge("process_max_fds", "Most file descriptors the process may open"),
    counter("process_cpu_seconds_total", "CPU time used, user and system, in whole seconds"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_say_their_kind() {
        let names: BTreeSet<_> = CATALOGUE.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), CATALOGUE.len());
        for Metric { name, kind, .. } in CATALOGUE {
            assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
            assert!(name.starts_with("voxgate_") || name.starts_with("process_"), "{name}");
        }
    }
}
