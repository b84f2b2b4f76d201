//! Traces by OTLP over HTTP: one span for each request and for each unit of work in the database below it.

use std::{sync::OnceLock, time::Duration};

use opentelemetry::trace::TracerProvider;
use opentelemetry_otlp::{SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, Targets},
    registry::LookupSpan,
};

use super::{Settings, TelemetryError};

/// A collector that does not answer costs a batch this long, in a thread of its own.
const PATIENCE: Duration = Duration::from_secs(5);

/// What is sent from, to be emptied at the end.
static PROVIDER: OnceLock<SdkTracerProvider> = OnceLock::new();

/// Sends spans where the settings say; `None` where they say nowhere.
pub(super) fn layer<S>(settings: &Settings) -> Result<Option<impl Layer<S> + use<S>>, TelemetryError>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if settings.otlp_url.is_empty() {
        return Ok(None);
    }
    let exporter = SpanExporter::builder().with_http().with_endpoint(&settings.otlp_url).with_timeout(PATIENCE).build();
    let exporter = exporter.map_err(|error| TelemetryError::Traces(error.to_string()))?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // What a caller says of its own sampling is no reason to trace more than the operator wants.
        .with_sampler(Sampler::TraceIdRatioBased(f64::from(settings.sample_percent) / 100.0))
        .with_resource(Resource::builder().with_service_name("voxgate").build())
        .build();
    let tracer = provider.tracer("voxgate");
    // Set once: a second call in one process has failed already.
    let _ = PROVIDER.set(provider);
    let wanted = [("voxgate::request", LevelFilter::INFO), ("voxgate::unit", LevelFilter::DEBUG)];
    let layer = tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_threads(false);
    Ok(Some(layer.with_filter(Targets::new().with_targets(wanted))))
}

/// Sends what is left.
pub(super) fn finish() {
    if let Some(provider) = PROVIDER.get()
        && let Err(error) = provider.shutdown()
    {
        tracing::warn!(%error, "the last traces were not sent");
    }
}
