//! Delays, and what is said about them.

use std::time::Duration;

use voxgate_bench::{failure::Failure, report::say};

/// Delays of one kind.
#[derive(Debug, Default)]
pub(crate) struct Tally(Vec<Duration>);

impl Tally {
    /// One more.
    pub(crate) fn add(&mut self, delay: Duration) {
        self.0.push(delay);
    }

    /// The delay that `share` of all did not exceed, in milliseconds.
    pub(crate) fn quantile(&mut self, share: f64) -> f64 {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        let at = (last as f64 * share).round() as usize;
        self.0.get(at).map_or(f64::NAN, |delay| delay.as_secs_f64() * 1e3)
    }

    /// Prints count, median, 99th percentile and the longest.
    pub(crate) fn say(mut self, what: &str) -> Result<(), Failure> {
        let (half, most, longest) = (self.quantile(0.5), self.quantile(0.99), self.quantile(1.0));
        say(&format!("{what}: {} times, p50 {half:.2} ms, p99 {most:.2} ms, longest {longest:.2} ms", self.0.len()))
    }
}

impl Extend<Duration> for Tally {
    fn extend<I: IntoIterator<Item = Duration>>(&mut self, delays: I) {
        self.0.extend(delays);
    }
}
