//! Keyed digests for values that could be guessed from a plain hash: backup codes, counter keys, device marks.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::keys::{KeyFault, KeyFile};

/// The key of all digests of an installation.
#[derive(Clone)]
pub struct Pepper(Zeroizing<[u8; 32]>);

impl Pepper {
    /// Takes the pepper out of the key file.
    pub fn new(keys: &KeyFile) -> Result<Self, KeyFault> {
        let bytes = keys.pepper.expose();
        let key = bytes.try_into().map_err(|_| KeyFault::Length {
            kind: "pepper",
            id: "pepper".into(),
            length: bytes.len(),
            needed: 32,
        })?;
        Ok(Self(Zeroizing::new(key)))
    }

    /// HMAC-SHA256 over the purpose and the parts, each with its length before it, so that no two lists of parts and
    /// no two purposes share an input.
    pub fn digest(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = self.mac();
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    fn mac(&self) -> Hmac<Sha256> {
        // A key shorter than the block of the hash is padded with zeros (RFC 2104 section 2).
        let mut block = Zeroizing::new([0; 64]);
        block[..32].copy_from_slice(self.0.as_slice());
        Hmac::new((&*block).into())
    }

    /// The key from which refresh successors are derived, see [`crate::domain::refresh::successor`].
    pub fn successor_key(&self) -> [u8; 32] {
        self.digest("refresh.successor", &[])
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

#[cfg(test)]
mod vectors;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::sample;

    fn pepper() -> Pepper {
        Pepper::new(&KeyFile::generate(&sample::world())).unwrap()
    }

    proptest! {
        #[test]
        fn moving_a_border_between_parts_changes_the_digest(a: Vec<u8>, b in prop::collection::vec(any::<u8>(), 1..20)) {
            let pepper = pepper();
            let joined = [a.as_slice(), b.as_slice()].concat();
            prop_assert_ne!(pepper.digest("p", &[&a, &b]), pepper.digest("p", &[&joined]));
            prop_assert_ne!(pepper.digest("p", &[&a, &b]), pepper.digest("q", &[&a, &b]));
            prop_assert_eq!(pepper.digest("p", &[&a, &b]), pepper.digest("p", &[&a, &b]));
        }
    }

    #[test]
    fn another_pepper_gives_other_digests_and_a_short_one_is_refused() {
        let world = sample::world();
        let [a, b] = [(); 2].map(|()| Pepper::new(&KeyFile::generate(&world)).unwrap());
        assert_ne!(a.digest("p", &[]), b.digest("p", &[]));
        assert_ne!(a.successor_key(), a.digest("p", &[]));
        let mut keys = KeyFile::generate(&world);
        keys.pepper = vec![1; 31].into();
        assert!(Pepper::new(&keys).is_err());
        assert_eq!(format!("{a:?}"), "Pepper(…)");
    }
}
