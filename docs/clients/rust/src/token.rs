//! Reading and verifying an access token. Pure: keys and time are arguments.
//!
//! Nothing a token says about how to verify it is trusted: the header holds exactly `alg`, `kid` and `typ`, the algorithm is
//! fixed, and the key is looked up by its exact name.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::refusal::Fault;

/// Tokens of Voxgate have about 700 bytes.
const MOST_BYTES: usize = 4096;
/// How far a token may come from the future, in seconds: clocks differ.
const SKEW: i64 = 30;

/// What a person may do in their company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Uses the company's products.
    User,
    /// Reads people and audit.
    Manager,
    /// Runs the company.
    Admin,
    /// A role this version does not know: give it no more than a User's rights.
    #[serde(other)]
    Unknown,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account (`sub`).
    pub user: Uuid,
    /// Its company; all data of the call belongs to it.
    pub company: Uuid,
    /// The session (`sid`).
    pub session: Uuid,
    /// What the account may do.
    pub role: Role,
    /// How the person proved who they are (RFC 8176); holds `mfa` after a second factor.
    pub amr: Vec<String>,
    /// When they last did, in seconds since 1970.
    pub auth_time: i64,
    /// When the token ends, in seconds since 1970.
    pub expires_at: i64,
    pub(crate) epoch: i64,
    pub(crate) company_epoch: i64,
    pub(crate) kid: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    typ: String,
}

/// All required; a time is a whole JSON number and nothing else.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    company: Uuid,
    role: Role,
    amr: Vec<String>,
    auth_time: i64,
    iat: i64,
    exp: i64,
    epoch: i64,
    company_epoch: i64,
    nbf: Option<i64>,
}

/// A token whose header was read and nothing else.
pub(crate) struct Token<'t> {
    message: &'t str,
    claims: &'t str,
    signature: &'t str,
    kid: String,
}

impl<'t> Token<'t> {
    /// Takes the token apart.
    pub(crate) fn read(token: &'t str) -> Result<Self, Fault> {
        if token.len() > MOST_BYTES {
            return Err(Fault::Malformed);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Fault::Malformed)?;
        let (header, claims) = message.split_once('.').ok_or(Fault::Malformed)?;
        let header: Header = part(header, Fault::Header)?;
        if header.alg != "EdDSA" || header.typ != "at+jwt" {
            return Err(Fault::Header);
        }
        Ok(Self { message, claims, signature, kid: header.kid })
    }

    /// The name of the key it says it was signed with.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The caller it speaks of at `now` (seconds since 1970), if `key` signed it for this installation and service.
    pub(crate) fn verify(self, key: &[u8; 32], issuer: &str, audience: &str, now: i64) -> Result<Caller, Fault> {
        let signature = decoded(self.signature)?;
        let key = UnparsedPublicKey::new(&ED25519, key);
        key.verify(self.message.as_bytes(), &signature).map_err(|_| Fault::Signature)?;
        let claims: Claims = part(self.claims, Fault::Claims)?;
        if claims.iss != issuer || claims.aud != audience || claims.exp <= claims.iat {
            return Err(Fault::Claims);
        }
        if now >= claims.exp {
            return Err(Fault::Expired);
        }
        if claims.iat.max(claims.nbf.unwrap_or(claims.iat)).saturating_sub(SKEW) > now {
            return Err(Fault::NotYet);
        }
        Ok(Caller {
            user: claims.sub,
            company: claims.company,
            session: claims.sid,
            role: claims.role,
            amr: claims.amr,
            auth_time: claims.auth_time,
            expires_at: claims.exp,
            epoch: claims.epoch,
            company_epoch: claims.company_epoch,
            kid: self.kid,
        })
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Fault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Fault::Malformed)
}

fn part<T: DeserializeOwned>(text: &str, content: Fault) -> Result<T, Fault> {
    serde_json::from_slice(&decoded(text)?).map_err(|_| content)
}

#[cfg(test)]
mod tests;
