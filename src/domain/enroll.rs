//! Enrollment of an authenticator: a secret waits ten minutes for its first code and replaces the old factor only then.
//!
//! ```text
//! (none | active) ── begin ──► pending beside it ── right code in time ──► active; old factor, other sessions end
//!                                       └── a new begin replaces it; ten minutes end it
//! ```

use time::Duration;

/// How long a set-up waits for its code.
pub const LIFETIME: Duration = Duration::minutes(10);
