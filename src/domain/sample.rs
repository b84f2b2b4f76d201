//! Things to test with: a world whose clock stands still and whose chance can be replayed.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use sha2::{Digest, Sha256};
use time::{OffsetDateTime, macros::datetime};

use super::world::{Clock, Entropy, World};

/// The moment at which the sample world stands.
pub(crate) const NOON: OffsetDateTime = datetime!(2026-03-02 12:00:00 UTC);

struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        NOON
    }
}

struct Replayable(AtomicU64);

impl Entropy for Replayable {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let number = self.0.fetch_add(1, Ordering::Relaxed);
            chunk.copy_from_slice(&Sha256::digest(number.to_be_bytes())[..chunk.len()]);
        }
    }
}

/// A world at [`NOON`] with the same chance in every run.
pub(crate) fn world() -> World {
    World::new(Arc::new(Still), Arc::new(Replayable(AtomicU64::new(0))))
}
