//! Time and chance as arguments, so that every rule can be tested with both in hand.

use std::sync::Arc;

use time::OffsetDateTime;
use uuid::{ContextV7, Timestamp, Uuid};

/// Tells the time of day (UTC).
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> OffsetDateTime;
}

/// Gives random bytes fit for secrets.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` from a cryptographically secure source.
    fn fill(&self, bytes: &mut [u8]);
}

/// The clock and the source of chance a process runs on.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    order: Arc<std::sync::Mutex<ContextV7>>,
}

impl World {
    /// A world of the given clock and entropy.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { clock, entropy, order: Arc::default() }
    }

    /// The present moment.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// `N` fresh random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// A fresh UUIDv7 as any of the id types. Its chance comes from this world's entropy.
    pub fn id<T: From<Uuid>>(&self) -> T {
        let now = self.now();
        let seconds = u64::try_from(now.unix_timestamp()).unwrap_or_default();
        let order = self.order.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let at = Timestamp::from_unix(&*order, seconds, now.nanosecond());
        let mut id = Uuid::new_v7(at).into_bytes();
        id[9..].copy_from_slice(&self.bytes::<7>());
        Uuid::from_bytes(id).into()
    }
}
