//! Sealing of what must be read again: authenticator secrets, backup codes, mails with links (AES-256-GCM).
//!
//! The additional data binds a sealed value to company, holder, purpose and key, so that a value copied into another row
//! does not open. Nonces are 96 random bits; one key is safe for 2^32 values (NIST SP 800-38D section 8.3).

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use aes_gcm::{
    Aes256Gcm, KeyInit, Nonce,
    aead::{Aead, Payload},
};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::keys::{KeyFault, KeyFile};
use crate::domain::{ids::CompanyId, world::World};

const NONCE_LENGTH: usize = 12;

/// What a sealed value belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Aad {
    /// The company of the row.
    pub company: CompanyId,
    /// Whom or what the value belongs to: a user for factors and codes, a mail for mails.
    pub holder: Uuid,
    /// What it is: `totp`, `backup_code`, `mail`, …
    pub purpose: &'static str,
}

impl Aad {
    fn bytes(&self, key_id: &str) -> Vec<u8> {
        let mut bytes = b"voxgate.seal.1".to_vec();
        bytes.extend_from_slice(self.company.0.as_bytes());
        bytes.extend_from_slice(self.holder.as_bytes());
        for text in [self.purpose, key_id] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
        bytes
    }
}

/// A sealed value as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key that opens it.
    pub key_id: String,
    /// Nonce (12 bytes), ciphertext, tag (16 bytes).
    pub bytes: Vec<u8>,
}

/// Why a sealed value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Its key is not in the key file.
    #[error(
        "sealed with a key that is not in the key file: put the right file back; `voxgate doctor` counts what it does not open"
    )]
    UnknownKey,
    /// It was changed, cut, or belongs elsewhere.
    #[error("the sealed value was changed or belongs to another row")]
    Broken,
}

/// Seals with the present key, opens with all. The keys can be exchanged while serving.
pub struct Sealer {
    keys: RwLock<Arc<Ring>>,
}

/// The sealing keys of one key file.
struct Ring {
    present: String,
    ciphers: HashMap<String, Aes256Gcm>,
}

impl Ring {
    fn new(keys: &KeyFile) -> Result<Self, KeyFault> {
        let present = keys.sealing.first().ok_or(KeyFault::Missing("sealing"))?.id.clone();
        let ciphers = keys.sealing.iter().map(|key| {
            let bytes = key.key.expose();
            let length = |_| KeyFault::Length { kind: "sealing", id: key.id.clone(), length: bytes.len(), needed: 32 };
            Ok((key.id.clone(), Aes256Gcm::new_from_slice(bytes).map_err(length)?))
        });
        Ok(Self { present, ciphers: ciphers.collect::<Result<_, _>>()? })
    }

    /// Nonce, ciphertext and tag of a value under the present key.
    #[expect(
        clippy::expect_used,
        reason = "fails only beyond 64 GiB, and the present key is in the map by construction"
    )]
    fn seal(&self, nonce: [u8; NONCE_LENGTH], aad: &[u8], plain: &[u8]) -> Vec<u8> {
        let cipher = self.ciphers.get(&self.present).expect("the present key is one of the keys");
        let payload = Payload { msg: plain, aad };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).expect("a value of ordinary size can be sealed");
        [nonce.as_slice(), &sealed].concat()
    }

    /// The value in nonce, ciphertext and tag.
    fn open(&self, key_id: &str, aad: &[u8], bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let cipher = self.ciphers.get(key_id).ok_or(SealError::UnknownKey)?;
        let (nonce, body) = bytes.split_first_chunk::<NONCE_LENGTH>().ok_or(SealError::Broken)?;
        let payload = Payload { msg: body, aad };
        cipher.decrypt(&Nonce::from(*nonce), payload).map(Zeroizing::new).map_err(|_| SealError::Broken)
    }
}

impl Sealer {
    /// Takes the sealing keys out of the key file.
    pub fn new(keys: &KeyFile) -> Result<Self, KeyFault> {
        Ok(Self { keys: RwLock::new(Arc::new(Ring::new(keys)?)) })
    }

    /// Goes over to the keys of another file. What keys that are not in it sealed does not open from now on.
    ///
    /// # Errors
    /// A key that cannot be used; then nothing changes.
    pub fn replace(&self, keys: &KeyFile) -> Result<(), KeyFault> {
        let ring = Arc::new(Ring::new(keys)?);
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The id of the key that seals now; rows with another one are to be sealed anew.
    pub fn present_key(&self) -> String {
        self.ring().present.clone()
    }

    /// Seals a value for the row that `aad` says.
    pub fn seal(&self, world: &World, aad: &Aad, plain: &[u8]) -> Sealed {
        let ring = self.ring();
        let bytes = ring.seal(world.bytes(), &aad.bytes(&ring.present), plain);
        Sealed { key_id: ring.present.clone(), bytes }
    }

    /// Opens a value that was sealed for the row that `aad` says, and for no other.
    pub fn open(&self, aad: &Aad, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.ring().open(&sealed.key_id, &aad.bytes(&sealed.key_id), &sealed.bytes)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sealer").field("present", &self.present_key()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod vectors;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        crypto::{entropy::system_world, keys::SealingKey},
        domain::sample,
    };

    fn aad() -> Aad {
        Aad { company: Uuid::from_u128(1).into(), holder: Uuid::from_u128(2), purpose: "totp" }
    }

    fn sealer() -> Sealer {
        Sealer::new(&KeyFile::generate(&sample::world())).unwrap()
    }

    proptest! {
        #[test]
        fn a_value_opens_in_its_own_row_only(plain: Vec<u8>, company: u128, holder: u128) {
            let (world, sealer) = (sample::world(), sealer());
            let sealed = sealer.seal(&world, &aad(), &plain);
            let opened = sealer.open(&aad(), &sealed).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            let elsewhere = [
                Aad { company: Uuid::from_u128(company).into(), ..aad() },
                Aad { holder: Uuid::from_u128(holder), ..aad() },
                Aad { purpose: "backup_code", ..aad() },
            ];
            for other in elsewhere.into_iter().filter(|other| *other != aad()) {
                prop_assert_eq!(sealer.open(&other, &sealed), Err(SealError::Broken));
            }
        }

        #[test]
        fn a_changed_or_cut_value_does_not_open(plain: Vec<u8>, at: prop::sample::Index, bit in 0..8u8, cut: prop::sample::Index) {
            let (world, sealer) = (sample::world(), sealer());
            let sealed = sealer.seal(&world, &aad(), &plain);
            let mut changed = sealed.clone();
            let at = at.index(changed.bytes.len());
            changed.bytes[at] ^= 1 << bit;
            prop_assert_eq!(sealer.open(&aad(), &changed), Err(SealError::Broken));
            let mut short = sealed;
            short.bytes.truncate(cut.index(short.bytes.len()));
            prop_assert_eq!(sealer.open(&aad(), &short), Err(SealError::Broken));
        }
    }

    #[test]
    fn old_keys_open_new_keys_seal_and_removed_keys_are_named() {
        let world = sample::world();
        let mut keys = KeyFile::generate(&world);
        let old = Sealer::new(&keys).unwrap().seal(&world, &aad(), b"secret");
        keys.sealing.insert(0, SealingKey::generate(&world));
        let both = Sealer::new(&keys).unwrap();
        assert_eq!(both.open(&aad(), &old).unwrap().as_slice(), b"secret");
        assert_eq!(both.seal(&world, &aad(), b"").key_id, keys.sealing[0].id);
        keys.sealing.truncate(1);
        assert_eq!(Sealer::new(&keys).unwrap().open(&aad(), &old), Err(SealError::UnknownKey));
    }

    #[test]
    fn the_name_of_the_key_is_bound_even_when_two_names_share_a_key() {
        let world = sample::world();
        let mut keys = KeyFile::generate(&world);
        let twin = SealingKey { id: "twin".into(), ..keys.sealing[0].clone() };
        keys.sealing.push(twin);
        let sealer = Sealer::new(&keys).unwrap();
        let mut sealed = sealer.seal(&world, &aad(), b"secret");
        sealed.key_id = "twin".into();
        assert_eq!(sealer.open(&aad(), &sealed), Err(SealError::Broken));
    }

    #[test]
    fn a_hundred_thousand_nonces_are_all_different() {
        let (world, sealer) = (system_world(), sealer());
        let mut seen = HashSet::new();
        for _ in 0..100_000 {
            assert!(seen.insert(sealer.seal(&world, &aad(), b"").bytes[..NONCE_LENGTH].to_vec()));
        }
    }
}
