//! Signatures over texts of our own, with the keys of the access tokens. Every text begins with a line that no token
//! begins with, so that neither can be passed off as the other.

use jsonwebtoken::Algorithm;

use super::{AccessTokens, SignError, verify::signed};

impl AccessTokens {
    /// Signs a text with the present key; the key's name and the signature in base64url.
    pub fn attest(&self, text: &str) -> Result<(String, String), SignError> {
        let ring = self.ring();
        let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &ring.signer, Algorithm::EdDSA)?;
        Ok((ring.header.kid.clone().unwrap_or_default(), signature))
    }

    /// Whether the key of this name, a present, an old or a retired one, signed the text.
    pub fn attested(&self, key_id: &str, text: &str, signature: &str) -> bool {
        let ring = self.ring();
        let key = ring.known.get(key_id).or_else(|| ring.retired.get(key_id));
        key.is_some_and(|key| signed(key, text.as_bytes(), signature))
    }
}
