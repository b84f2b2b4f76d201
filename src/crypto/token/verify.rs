//! Verifying an access token, in this order: shape, header, key, signature, claims, time.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::{Deserialize, de::DeserializeOwned};
use time::OffsetDateTime;

use super::{AccessTokens, Claims, Ring, TYPE, TokenError};
use crate::domain::{policy::CLOCK_SKEW, principal::Principal};

/// Our tokens have about 700 bytes; what is longer is not ours.
const MAX_LENGTH: usize = 4096;

/// The only header there is. Whatever could point elsewhere (`jku`, `jwk`, `x5u`, `x5c`, `crit`, …) is unknown here.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OurHeader {
    alg: String,
    kid: String,
    typ: String,
}

impl AccessTokens {
    /// The caller of a token that is ours and valid at `now`. Says nothing about revocation.
    pub fn verify(&self, token: &str, now: OffsetDateTime) -> Result<Principal, TokenError> {
        if token.len() > MAX_LENGTH {
            return Err(TokenError::Malformed);
        }
        let ring = self.ring();
        let claims = ring.seen.claims(token, || ring.read(token))?;
        self.accept(&claims, now)?;
        claims.principal().ok_or(TokenError::Claims)
    }

    fn accept(&self, claims: &Claims, now: OffsetDateTime) -> Result<(), TokenError> {
        if claims.iss != self.issuer || claims.aud != self.audience || claims.exp <= claims.iat {
            return Err(TokenError::Claims);
        }
        let now = now.unix_timestamp();
        if now >= claims.exp {
            return Err(TokenError::Expired);
        }
        let begins = claims.iat.max(claims.nbf.unwrap_or(claims.iat));
        if begins.saturating_sub(CLOCK_SKEW.whole_seconds()) > now {
            return Err(TokenError::NotYet);
        }
        Ok(())
    }
}

impl Ring {
    /// The claims of a token that a key of this ring signed, whatever they say.
    fn read(&self, token: &str) -> Result<Claims, TokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(TokenError::Malformed)?;
        let header: OurHeader = part(header).map_err(|fault| fault.or(TokenError::Header))?;
        if header.alg != "EdDSA" || header.typ != TYPE {
            return Err(TokenError::Header);
        }
        let key = self.known.get(&header.kid).ok_or(TokenError::UnknownKey)?;
        if !signed(key, message.as_bytes(), signature) {
            return Err(TokenError::Signature);
        }
        part(claims).map_err(|fault| fault.or(TokenError::Claims))
    }
}

/// Whether the key made the signature (base64url) over the message.
pub(super) fn signed(key: &DecodingKey, message: &[u8], signature: &str) -> bool {
    // An error is a signature that is not even base64.
    jsonwebtoken::crypto::verify(signature, message, key, Algorithm::EdDSA).unwrap_or(false)
}

/// What was wrong with a part: its encoding, or its content.
enum PartFault {
    Encoding,
    Content,
}

impl PartFault {
    fn or(self, content: TokenError) -> TokenError {
        match self {
            Self::Encoding => TokenError::Malformed,
            Self::Content => content,
        }
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Result<T, PartFault> {
    let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| PartFault::Encoding)?;
    serde_json::from_slice(&json).map_err(|_| PartFault::Content)
}
