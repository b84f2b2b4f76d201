//! How many streams one key may hold open on one node. Each costs memory and a look into the database a second, so a service
//! that opens new ones without closing the old must be told instead of being carried along.

use std::sync::Arc;

use dashmap::DashMap;

use crate::domain::{
    code::{Code, Refusal},
    ids::ServiceCredentialId,
};

/// Streams of one key on one node at the same time: enough for every process of a large service.
pub(super) const MOST: usize = 32;

/// The places of all keys.
#[derive(Debug, Default)]
pub struct Places(DashMap<ServiceCredentialId, Arc<()>>);

/// One place, free again when it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    _held: Arc<()>,
}

impl Places {
    /// Takes a place.
    ///
    /// # Errors
    /// `too_many_requests` when the key holds [`MOST`] already.
    pub(super) fn take(&self, key: ServiceCredentialId) -> Result<Place, Refusal> {
        self.0.retain(|_, all| Arc::strong_count(all) > 1);
        // The entry is locked until the place is counted, so that no two callers take the last one.
        let all = self.0.entry(key).or_default();
        if Arc::strong_count(&all) > MOST {
            return Err(Code::TooManyRequests.into());
        }
        Ok(Place { _held: Arc::clone(&all) })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_key_has_so_many_places_and_no_other_key_loses_any_by_it() {
        let (places, key, other) =
            (Places::default(), ServiceCredentialId(Uuid::from_u128(1)), ServiceCredentialId(Uuid::from_u128(2)));
        let mut held: Vec<Place> = (0..MOST).map(|_| places.take(key).unwrap()).collect();
        assert_eq!(places.take(key).unwrap_err().code, Code::TooManyRequests);
        places.take(other).unwrap();
        held.pop();
        held.push(places.take(key).unwrap());
        assert_eq!(places.take(key).unwrap_err().code, Code::TooManyRequests);
        drop(held);
        places.take(other).unwrap();
        assert!(!places.0.contains_key(&key), "a key without streams is forgotten");
    }
}
