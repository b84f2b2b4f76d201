//! Tokens whose signature was found good before. One Ed25519 verification costs as much as several whole requests, and a client
//! shows the same token again and again.
//!
//! Only the signature is remembered. Time and audience are judged on every use, and so is revocation, elsewhere. The memory
//! belongs to a ring of keys and ends with it, so a removed key opens nothing.

use std::sync::Arc;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::{Claims, TokenError};
use crate::signals::meter;

/// Tokens remembered: about 10 MB when full; the least useful go first.
const REMEMBERED: usize = 20_000;

/// Claims by the SHA-256 of the whole token, signature included: no bit of it can change and still be found.
pub(super) struct Seen(Cache<[u8; 32], Arc<Claims>>);

impl Default for Seen {
    fn default() -> Self {
        Self(Cache::new(REMEMBERED))
    }
}

impl Seen {
    /// What `token` says: remembered, or read and remembered. A token that cannot be read is not remembered.
    pub(super) fn claims(
        &self,
        token: &str,
        read: impl FnOnce() -> Result<Claims, TokenError>,
    ) -> Result<Arc<Claims>, TokenError> {
        let digest = Sha256::digest(token).into();
        let known = self.0.get(&digest);
        meter::token_cache(known.is_some());
        if let Some(claims) = known {
            return Ok(claims);
        }
        let claims = Arc::new(read()?);
        self.0.insert(digest, Arc::clone(&claims));
        Ok(claims)
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}
