//! What the system says about this process, under the names every Prometheus client uses. Linux only; elsewhere the
//! numbers are left out.

use std::fs;

use crate::signals::meter;

/// Reads `/proc`.
pub(super) fn look() {
    let page = rustix::param::page_size();
    let ticks = rustix::param::clock_ticks_per_second();
    if let Some(pages) = first_number(&fs::read_to_string("/proc/self/statm").unwrap_or_default(), 1) {
        set("process_resident_memory_bytes", pages * page as u64);
    }
    if let Some((cpu, started)) = times(&fs::read_to_string("/proc/self/stat").unwrap_or_default()) {
        meter::set_total("process_cpu_seconds_total", cpu / ticks);
        if let Some(booted) = booted(&fs::read_to_string("/proc/stat").unwrap_or_default()) {
            set("process_start_time_seconds", booted + started / ticks);
        }
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        set("process_open_fds", open.count() as u64);
    }
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    set("process_max_fds", files.unwrap_or(u64::MAX));
}

#[expect(clippy::cast_precision_loss, reason = "memory and seconds are far below 2^53")]
fn set(name: &'static str, value: u64) {
    meter::set(name, value as f64);
}

fn first_number(text: &str, at: usize) -> Option<u64> {
    text.split_ascii_whitespace().nth(at)?.parse().ok()
}

/// CPU time and start, in ticks. The name of the program, in brackets, may hold anything: what counts follows it.
fn times(stat: &str) -> Option<(u64, u64)> {
    let (_, rest) = stat.rsplit_once(')')?;
    let cpu = first_number(rest, 11)? + first_number(rest, 12)?;
    Some((cpu, first_number(rest, 19)?))
}

/// When the machine started, in seconds since 1970.
fn booted(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_with_a_strange_name_is_read_all_the_same() {
        let stat = "7 (a ) b) S 1 7 7 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 4 0 123456 1000 10";
        assert_eq!(times(stat), Some((300, 123_456)));
        assert_eq!(times("nonsense"), None);
        assert_eq!(booted("cpu 1 2\nbtime 1700000000\n"), Some(1_700_000_000));
    }
}
