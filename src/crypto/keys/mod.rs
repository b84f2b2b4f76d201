//! The key file: everything a server must keep secret and must not lose. JSON, readable by its owner only.
//!
//! The first signing and the first sealing key are the present ones; the others still verify and open, so that a
//! rotation prepends a key and drops the last one later. Losing the sealing keys loses every authenticator secret.

mod fault;
mod file;
mod rotate;

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD};
use jsonwebtoken::{
    Algorithm, EncodingKey,
    jwk::{Jwk, ThumbprintHash},
};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use fault::KeyFault;
pub use file::KeyFileError;
pub use rotate::SETTLING;

use crate::domain::world::World;

/// Secret bytes that are wiped on drop and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

impl Serialize for SecretBytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(STANDARD.encode(self.expose())))
    }
}

impl<'de> Deserialize<'de> for SecretBytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        // The message of the decoder would show a character of the secret.
        STANDARD.decode(text.as_bytes()).map(Into::into).map_err(|_| serde::de::Error::custom("not base64"))
    }
}

/// An Ed25519 key for access tokens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// Its name in tokens and in the JWKS: the thumbprint of the public key (RFC 7638).
    pub kid: String,
    /// The private key as PKCS#8 version 1, 48 bytes.
    pub pkcs8: SecretBytes,
}

/// An AES-256 key for what is stored sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealingKey {
    /// Its name beside everything it sealed.
    pub id: String,
    /// 32 bytes.
    pub key: SecretBytes,
}

/// All keys of an installation. Every node has the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFile {
    /// Keys that sign (the first) and verify (all) access tokens.
    pub signing: Vec<SigningKey>,
    /// Keys that seal (the first) and open (all).
    pub sealing: Vec<SealingKey>,
    /// The key of digests over low-entropy values: backup codes, counters; 32 bytes. It cannot be rotated.
    pub pepper: SecretBytes,
    /// Public halves of signing keys that were dropped: the checkpoints of the audit log they signed can still be verified.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub retired: Vec<Jwk>,
}

/// DER of a PKCS#8 v1 Ed25519 private key up to its 32 bytes (RFC 8410 section 7).
const PKCS8_PREFIX: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];

impl SigningKey {
    /// A fresh key.
    pub fn generate(world: &World) -> Self {
        Self::from_seed(&Zeroizing::new(world.bytes()))
    }

    /// The key of a 32-byte seed (RFC 8032 section 5.1.5).
    fn from_seed(seed: &[u8; 32]) -> Self {
        let pkcs8 = SecretBytes::from([PKCS8_PREFIX.as_slice(), seed].concat());
        // An unnamed key is a fault that `check` reports; a well-formed one always has a thumbprint.
        let kid = public_jwk(&pkcs8).and_then(|jwk| jwk.thumbprint(ThumbprintHash::SHA256).ok()).unwrap_or_default();
        Self { kid, pkcs8 }
    }

    /// The public half, named and marked for verifying signatures; `None` if the private key is malformed.
    pub fn jwk(&self) -> Option<Jwk> {
        let mut jwk = public_jwk(&self.pkcs8)?;
        jwk.common.key_id = Some(self.kid.clone());
        jwk.common.public_key_use = Some(jsonwebtoken::jwk::PublicKeyUse::Signature);
        Some(jwk)
    }
}

impl SealingKey {
    /// A fresh key with a random name.
    pub fn generate(world: &World) -> Self {
        let name = u64::from_be_bytes(world.bytes());
        Self { id: format!("seal-{name:016x}"), key: world.bytes::<32>().to_vec().into() }
    }
}

impl KeyFile {
    /// Fresh keys for a new installation.
    pub fn generate(world: &World) -> Self {
        Self {
            signing: vec![SigningKey::generate(world)],
            sealing: vec![SealingKey::generate(world)],
            pepper: world.bytes::<32>().to_vec().into(),
            retired: Vec::new(),
        }
    }
}

fn public_jwk(pkcs8: &SecretBytes) -> Option<Jwk> {
    super::token::use_one_backend();
    Jwk::from_encoding_key(&EncodingKey::from_ed_der(pkcs8.expose()), Algorithm::EdDSA).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::sample;

    #[test]
    fn the_key_of_rfc_8037_has_the_public_half_and_thumbprint_the_rfc_says() {
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let seed = URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap();
        let key = SigningKey::from_seed(&seed.try_into().unwrap());
        assert_eq!(key.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let jwk = serde_json::to_value(key.jwk().unwrap()).unwrap();
        assert_eq!(jwk["x"], "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(
            (&jwk["kty"], &jwk["crv"], &jwk["use"], &jwk["alg"]),
            (&"OKP".into(), &"Ed25519".into(), &"sig".into(), &"EdDSA".into())
        );
        assert_eq!(jwk.get("d"), None);
    }

    #[test]
    fn debug_shows_names_and_no_key() {
        let keys = KeyFile::generate(&sample::world());
        let shown = format!("{keys:?}");
        assert!(shown.contains(&keys.signing[0].kid) && shown.contains(&keys.sealing[0].id));
        let secrets = [&keys.signing[0].pkcs8, &keys.sealing[0].key, &keys.pepper];
        for secret in secrets {
            assert!(
                !shown.contains(&STANDARD.encode(secret.expose()))
                    && !shown.contains(&format!("{:?}", secret.expose()))
            );
        }
    }

    #[test]
    fn two_generated_files_share_nothing() {
        let world = sample::world();
        let (a, b) = (KeyFile::generate(&world), KeyFile::generate(&world));
        assert_ne!(a.signing[0], b.signing[0]);
        assert_ne!(a.sealing[0], b.sealing[0]);
        assert_ne!(a.pepper, b.pepper);
    }
}
