//! Which trace a request belongs to. A caller's `traceparent` (W3C Trace Context, version 00) is taken up; without one the
//! request's own id is the id of the trace, so that every line can be found by one of the two.

use std::fmt;

use uuid::Uuid;

/// The id of a trace: 32 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceId(pub u128);

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl From<Uuid> for TraceId {
    fn from(request: Uuid) -> Self {
        Self(request.as_u128())
    }
}

/// Where a caller's trace stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parent {
    /// The caller's trace.
    pub trace: TraceId,
    /// The caller's span.
    pub span: u64,
    /// Whether the caller records it.
    pub sampled: bool,
}

impl Parent {
    /// Reads a `traceparent`. What is not exactly one (or all zeros) is none.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace, span, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if version != "00" || parts.next().is_some() || (trace.len(), span.len(), flags.len()) != (32, 16, 2) {
            return None;
        }
        let hex = |text: &str| text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if ![trace, span, flags].into_iter().all(hex) {
            return None;
        }
        let (trace, span) = (u128::from_str_radix(trace, 16).ok()?, u64::from_str_radix(span, 16).ok()?);
        let sampled = u8::from_str_radix(flags, 16).ok()? & 1 == 1;
        (trace != 0 && span != 0).then_some(Self { trace: TraceId(trace), span, sampled })
    }
}

/// Hangs a request's span below the caller's, where traces are sent; answers the trace the span belongs to.
#[cfg(feature = "otlp")]
pub fn join(span: &tracing::Span, parent: Option<Parent>, own: TraceId) -> TraceId {
    use opentelemetry::{
        Context,
        trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceState},
    };
    use tracing_opentelemetry::OpenTelemetrySpanExt;

    if let Some(Parent { trace, span: above, sampled }) = parent {
        let flags = if sampled { TraceFlags::SAMPLED } else { TraceFlags::default() };
        let (trace, above) = (opentelemetry::TraceId::from(trace.0), SpanId::from(above));
        let remote = SpanContext::new(trace, above, flags, true, TraceState::default());
        // Fails where no traces are sent.
        let _ = span.set_parent(Context::new().with_remote_span_context(remote));
    }
    let context = span.context();
    let sent = context.span().span_context().trace_id();
    match sent == opentelemetry::TraceId::INVALID {
        true => parent.map_or(own, |parent| parent.trace),
        false => TraceId(u128::from_be_bytes(sent.to_bytes())),
    }
}

/// The trace a request belongs to.
#[cfg(not(feature = "otlp"))]
pub fn join(_: &tracing::Span, parent: Option<Parent>, own: TraceId) -> TraceId {
    parent.map_or(own, |parent| parent.trace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_traceparent_is_read_whole_or_not_at_all() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let parent = Parent::parse(good).unwrap();
        assert_eq!(
            (parent.trace.to_string().as_str(), parent.span, parent.sampled),
            (&good[3..35], 0x00f0_67aa_0ba9_02b7, true)
        );
        for bad in [
            "",
            "00",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        ] {
            assert_eq!(Parent::parse(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_header_makes_it_panic(header in "\\PC{0,80}") {
            let _ = Parent::parse(&header);
        }
    }
}
