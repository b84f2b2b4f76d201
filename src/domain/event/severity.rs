//! How much an event should worry.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much an event should worry an admin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Everyday business.
    Info,
    /// Worth a look.
    Notice,
    /// Probably an attack or a mistake.
    Warning,
    /// Act now.
    Critical,
}

impl Severity {
    /// All of them, the calmest first.
    pub const ALL: [Self; 4] = [Self::Info, Self::Notice, Self::Warning, Self::Critical];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }

    /// Reads [`Severity::as_str`] back.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }
}
