//! What a node tells its operators while it works: metrics ([`meter`]) and which request a line or a span belongs to
//! ([`trace`]). A leaf that every floor but `domain` may call; it holds no rule and no state that anything depends on.
//!
//! To add a metric: a row in `catalogue.rs`, a handle or a function in `meter.rs`, and a call. A label has few values,
//! all of them known to the code: never an id, an address or a path. A test holds dashboards and alerts against the rows.

mod catalogue;
mod exporter;
pub mod meter;
pub mod trace;

pub use catalogue::{CATALOGUE, Kind, Metric};
pub use exporter::{Exporter, ExporterError};
