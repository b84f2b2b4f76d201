//! Keeps what was counted and renders it in the text format of Prometheus.

use metrics::{describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use super::{
    catalogue::{CATALOGUE, Kind, Metric},
    meter,
};

/// Upper bounds of times, in seconds: half a millisecond to ten seconds.
const SECONDS: &[f64] = &[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
/// Upper bounds of rows in a batch.
const ROWS: &[f64] = &[1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0];

/// Why nothing can be counted.
#[derive(Debug, thiserror::Error)]
#[error("the metrics could not be set up: {0}")]
pub struct ExporterError(String);

/// The counts of this process. Cheap to clone.
#[derive(Clone)]
pub struct Exporter(PrometheusHandle);

impl Exporter {
    /// Begins to count. What was counted before is lost, so this comes first in a process, and once.
    ///
    /// # Errors
    /// It was called before in this process.
    pub fn install() -> Result<Self, ExporterError> {
        let failed = |error: &dyn std::fmt::Display| ExporterError(error.to_string());
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_rows".into()), ROWS))
            .map_err(|error| failed(&error))?;
        let handle = builder.install_recorder().map_err(|error| failed(&error))?;
        CATALOGUE.iter().for_each(describe);
        meter::begin();
        Ok(Self(handle))
    }

    /// Everything counted so far.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Takes single observations into their histograms, so that they do not pile up while nobody asks. Call it every few
    /// seconds.
    pub fn settle(&self) {
        self.0.run_upkeep();
    }
}

fn describe(Metric { name, kind, help }: &Metric) {
    match kind {
        Kind::Counter => describe_counter!(*name, *help),
        Kind::Gauge => describe_gauge!(*name, *help),
        Kind::Histogram => describe_histogram!(*name, *help),
    }
}

impl std::fmt::Debug for Exporter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Exporter").finish_non_exhaustive()
    }
}
