//! The real clock and the operating system's random source: the one place that touches either.

use std::sync::Arc;

use time::OffsetDateTime;

use crate::domain::world::{Clock, Entropy, World};

struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock everybody else takes the time from")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc()
    }
}

struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::expect_used, reason = "without a random source no secret can be made: going on would be worse")]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives random bytes");
    }
}

/// The world a process runs on outside of tests.
pub fn system_world() -> World {
    World::new(Arc::new(SystemClock), Arc::new(SystemEntropy))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_world_has_time_and_chance() {
        let world = system_world();
        assert!(world.now().year() >= 2026);
        assert_ne!(world.bytes::<32>(), world.bytes::<32>());
    }
}
