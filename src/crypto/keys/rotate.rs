//! Changing the keys of an installation that serves: add, let every node learn, then drop.

use std::time::Duration;

use super::{KeyFile, SealingKey, SigningKey};
use crate::domain::world::World;

/// A new key is used for signing and sealing only this long after it was written: until then some node may not know it
/// yet, and would refuse what it signed.
pub const SETTLING: Duration = Duration::from_secs(10);

impl KeyFile {
    /// Adds a new present signing key; the others still verify. Answers its name.
    pub fn add_signing(&mut self, world: &World) -> String {
        let key = SigningKey::generate(world);
        let name = key.kid.clone();
        self.signing.insert(0, key);
        name
    }

    /// Adds a new present sealing key; the others still open. Answers its name.
    pub fn add_sealing(&mut self, world: &World) -> String {
        let key = SealingKey::generate(world);
        let name = key.id.clone();
        self.sealing.insert(0, key);
        name
    }

    /// Drops every signing key but the present one; answers the names. Their public halves stay, for what they attested.
    pub fn retire_signing(&mut self) -> Vec<String> {
        let old = self.signing.split_off(self.signing.len().min(1));
        self.retired.extend(old.iter().filter_map(SigningKey::jwk));
        old.into_iter().map(|key| key.kid).collect()
    }

    /// Drops every sealing key but the present one; answers the names. What they sealed can never be opened again.
    pub fn retire_sealing(&mut self) -> Vec<String> {
        let old = self.sealing.split_off(self.sealing.len().min(1));
        old.into_iter().map(|key| key.id).collect()
    }

    /// The same keys as a node should use them when the file has this age: in a file just written the newest keys verify
    /// and open, and the ones before them still sign and seal.
    pub fn settled(mut self, age: Duration) -> Self {
        if age < SETTLING {
            let (signing, sealing) = (self.signing.len(), self.sealing.len());
            self.signing.rotate_left(usize::from(signing > 1));
            self.sealing.rotate_left(usize::from(sealing > 1));
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn a_new_key_is_known_at_once_and_used_when_every_node_knows_it() {
        let world = sample::world();
        let mut keys = KeyFile::generate(&world);
        let old = keys.signing[0].kid.clone();
        let new = keys.add_signing(&world);
        let sealing = keys.add_sealing(&world);
        assert_eq!(keys.check(), []);
        let fresh = keys.clone().settled(Duration::from_secs(1));
        assert_eq!((&fresh.signing[0].kid, fresh.signing.len()), (&old, 2));
        assert_ne!(fresh.sealing[0].id, sealing);
        let later = keys.clone().settled(SETTLING);
        assert_eq!((&later.signing[0].kid, &later.sealing[0].id), (&new, &sealing));
        assert_eq!(keys.retire_signing(), [old]);
        assert_eq!((keys.signing.len(), keys.retire_signing().len()), (1, 0));
    }

    #[test]
    fn the_only_key_is_used_however_young_it_is() {
        let keys = KeyFile::generate(&sample::world());
        assert_eq!(keys.clone().settled(Duration::ZERO), keys);
    }
}
