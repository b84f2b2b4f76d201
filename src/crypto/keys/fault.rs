//! What can be wrong with a key file. A server with any of these refuses to start.

use std::collections::HashSet;

use super::{KeyFile, PKCS8_PREFIX, SecretBytes};

/// One fault, in words for the operator; never with key material.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// There is none of a kind.
    #[error("there is no {0} key: run `voxgate keys rotate` or restore the key file")]
    Missing(&'static str),
    /// The length is wrong.
    #[error("the {kind} key `{id}` has {length} bytes, it needs {needed}")]
    Length {
        /// Which kind of key.
        kind: &'static str,
        /// Its name.
        id: String,
        /// How long it is.
        length: usize,
        /// How long it should be.
        needed: usize,
    },
    /// The bytes were never random.
    #[error("the {kind} key `{id}` is a repetition of one or few bytes: make a random one")]
    Weak {
        /// Which kind of key.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// The bytes are no key of this kind.
    #[error("the {kind} key `{id}` is malformed")]
    Malformed {
        /// Which kind of key.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// A name or a key stands twice, or one key serves two ends.
    #[error("the {kind} key `{id}` or its name is used twice")]
    Duplicate {
        /// Which kind of key.
        kind: &'static str,
        /// Its name.
        id: String,
    },
    /// A name is empty or has more than letters, digits, `-` and `_`.
    #[error("a {kind} key has no usable name: use up to 64 letters, digits, `-` and `_`")]
    Name {
        /// Which kind of key.
        kind: &'static str,
    },
}

impl KeyFile {
    /// Everything that is wrong, at once. Empty: the keys can be used.
    pub fn check(&self) -> Vec<KeyFault> {
        let mut check = Check::default();
        if self.signing.is_empty() {
            check.faults.push(KeyFault::Missing("signing"));
        }
        if self.sealing.is_empty() {
            check.faults.push(KeyFault::Missing("sealing"));
        }
        for key in &self.signing {
            check.key("signing", &key.kid, &key.pkcs8, 48, PKCS8_PREFIX.len());
            if key.pkcs8.expose().len() == 48 && key.jwk().is_none() {
                check.faults.push(KeyFault::Malformed { kind: "signing", id: key.kid.clone() });
            }
        }
        for key in &self.sealing {
            check.key("sealing", &key.id, &key.key, 32, 0);
        }
        check.key("pepper", "pepper", &self.pepper, 32, 0);
        check.faults
    }
}

#[derive(Default)]
struct Check<'a> {
    faults: Vec<KeyFault>,
    names: HashSet<(&'static str, &'a str)>,
    secrets: HashSet<&'a [u8]>,
}

impl<'a> Check<'a> {
    fn key(&mut self, kind: &'static str, id: &'a str, key: &'a SecretBytes, needed: usize, prefix: usize) {
        let key = key.expose();
        if id.is_empty() || id.len() > 64 || !id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            self.faults.push(KeyFault::Name { kind });
        }
        let id_owned = || id.to_owned();
        if key.len() != needed {
            self.faults.push(KeyFault::Length { kind, id: id_owned(), length: key.len(), needed });
            return;
        }
        let secret = &key[prefix..];
        // Chance gives 32 bytes of fewer than 8 kinds about never; templates and typing do.
        if secret.iter().collect::<HashSet<_>>().len() < 8 {
            self.faults.push(KeyFault::Weak { kind, id: id_owned() });
        }
        let new_name = self.names.insert((kind, id));
        let new_secret = self.secrets.insert(secret);
        if !(new_name && new_secret) {
            self.faults.push(KeyFault::Duplicate { kind, id: id_owned() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    fn keys() -> KeyFile {
        KeyFile::generate(&sample::world())
    }

    #[test]
    fn fresh_keys_have_no_faults() {
        assert_eq!(keys().check(), []);
    }

    #[test]
    fn missing_keys_are_named() {
        let bare = KeyFile { signing: vec![], sealing: vec![], pepper: vec![].into(), retired: vec![] };
        let faults = bare.check();
        assert!(faults.contains(&KeyFault::Missing("signing")) && faults.contains(&KeyFault::Missing("sealing")));
        assert!(faults.iter().any(|fault| matches!(fault, KeyFault::Length { kind: "pepper", length: 0, .. })));
    }

    #[test]
    fn short_all_equal_and_malformed_keys_are_faults() {
        let mut bad = keys();
        bad.sealing[0].key = vec![7; 16].into();
        bad.pepper = vec![0; 32].into();
        bad.signing[0].pkcs8 = (0..48).collect::<Vec<u8>>().into();
        let faults = bad.check();
        assert!(faults.iter().any(|f| matches!(f, KeyFault::Length { kind: "sealing", length: 16, needed: 32, .. })));
        assert!(faults.iter().any(|f| matches!(f, KeyFault::Weak { kind: "pepper", .. })));
        assert!(faults.iter().any(|f| matches!(f, KeyFault::Malformed { kind: "signing", .. })));
    }

    #[test]
    fn one_key_for_two_ends_and_names_used_twice_are_faults() {
        let mut shared = keys();
        shared.pepper = shared.sealing[0].key.clone();
        assert!(shared.check().iter().any(|f| matches!(f, KeyFault::Duplicate { kind: "pepper", .. })));
        let mut twice = keys();
        twice.signing.push(twice.signing[0].clone());
        assert!(twice.check().iter().any(|f| matches!(f, KeyFault::Duplicate { kind: "signing", .. })));
        let mut unnamed = keys();
        unnamed.sealing[0].id = "../x".into();
        assert_eq!(unnamed.check(), [KeyFault::Name { kind: "sealing" }]);
    }
}
