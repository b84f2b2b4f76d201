//! Logs: JSON or readable lines on standard error, filtered by directives. Nothing secret is logged anywhere, so nothing
//! is redacted here; what can forge a line (control characters) is escaped in both formats. With the feature `otlp` and
//! an address, traces of requests go to a collector besides.

#[cfg(feature = "otlp")]
mod otlp;

use std::io::{self, Write};

use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    fmt::{self, MakeWriter},
    layer::SubscriberExt,
    util::{SubscriberInitExt, TryInitError},
};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Json,
    /// One readable line.
    Text,
}

/// What is logged and how.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How lines look.
    pub format: Format,
    /// Tracing directives such as `info` or `voxgate=debug,info`.
    pub filter: String,
    /// Where traces go; nowhere when empty, and without the feature `otlp`.
    pub otlp_url: String,
    /// How many requests of a hundred are traced.
    pub sample_percent: u32,
}

/// Why logging could not begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The directives cannot be read.
    #[error("log.filter cannot be read: {0}")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// The collector's address cannot be used.
    #[error("traces.otlp_url: {0}")]
    Traces(String),
    /// Called twice in one process.
    #[error("logging was set up already")]
    Twice(#[from] TryInitError),
}

/// Sends every later log line of the process to standard error.
///
/// # Errors
/// The filter cannot be read, or logging was set up already.
pub fn init(settings: &Settings) -> Result<(), TelemetryError> {
    let filter = EnvFilter::builder().parse(&settings.filter)?;
    let lines = layer(settings.format, io::stderr);
    let subscriber = tracing_subscriber::registry().with(lines.with_filter(filter));
    #[cfg(feature = "otlp")]
    let subscriber = subscriber.with(otlp::layer(settings)?);
    Ok(subscriber.try_init()?)
}

/// Sends the traces that are still here. Blocks for a few seconds at most.
pub fn finish() {
    #[cfg(feature = "otlp")]
    otlp::finish();
}

fn layer<W>(format: Format, out: W) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    match format {
        // Fields of the request's span (request id, route, company) go with every line written inside it.
        Format::Json => fmt::layer().json().flatten_event(true).with_span_list(false).with_writer(out).boxed(),
        Format::Text => fmt::layer().with_ansi(false).with_writer(Escaped(out)).boxed(),
    }
}

/// Wraps a writer so that one event stays one line. The formatter hands over each event as one whole buffer.
struct Escaped<W>(W);

struct EscapedLine<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Escaped<W> {
    type Writer = EscapedLine<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        EscapedLine(self.0.make_writer())
    }
}

impl<W: Write> Write for EscapedLine<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(escape(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Escapes every control character but the line feed at the end, and the line separators some viewers break at.
fn escape(line: &str) -> String {
    let (body, end) = line.strip_suffix('\n').map_or((line, ""), |body| (body, "\n"));
    let mut escaped = String::with_capacity(line.len());
    for c in body.chars() {
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            escaped.extend(c.escape_default());
        } else {
            escaped.push(c);
        }
    }
    escaped + end
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, work: impl FnOnce()) -> String {
        let page = Page::default();
        let out = page.clone();
        let subscriber = tracing_subscriber::registry().with(layer(format, move || out.clone()));
        tracing::subscriber::with_default(subscriber, work);
        String::from_utf8(page.0.lock().unwrap().clone()).unwrap()
    }

    const FORGED: &str = "curl\n2026-01-01 INFO signed in\u{1b}[2J\u{85}\u{2028}end";

    #[test]
    fn a_hostile_value_stays_in_its_line_in_both_formats() {
        for format in [Format::Text, Format::Json] {
            let page = logged(format, || tracing::info!(user_agent = %FORGED, "{FORGED}"));
            assert_eq!(page.matches('\n').count(), 1, "{page:?}");
            assert!(page.ends_with('\n') && !page.contains('\u{1b}'), "{page:?}");
        }
    }

    #[test]
    fn json_lines_carry_the_fields_of_their_request() {
        let page = logged(Format::Json, || {
            let request = tracing::info_span!("request", request_id = "r-1");
            request.in_scope(|| tracing::info!(company = "c-1", "signed in"));
        });
        let line: serde_json::Value = serde_json::from_str(&page).unwrap();
        assert_eq!(line["span"]["request_id"], "r-1");
        assert_eq!((&line["company"], &line["message"]), (&"c-1".into(), &"signed in".into()));
    }

    #[test]
    fn a_broken_filter_is_an_error() {
        let settings = Settings {
            format: Format::Json,
            filter: "voxgate=loudest".into(),
            otlp_url: String::new(),
            sample_percent: 100,
        };
        assert!(matches!(init(&settings), Err(TelemetryError::Filter(_))));
    }

    proptest::proptest! {
        #[test]
        fn no_value_breaks_a_line(value in "\\PC{0,20}[\\x00-\\x1f\\x7f-\\u{9f}\\u{2028}\\u{2029}]{0,4}\\PC{0,20}") {
            let line = escape(&format!("{value}\n"));
            let body = line.strip_suffix('\n').unwrap();
            let breaks = |text: &str| text.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
            let (broken, harmless) = (breaks(body), !breaks(&value));
            proptest::prop_assert!(!broken);
            if harmless {
                proptest::prop_assert_eq!(body, value);
            }
        }
    }
}
