//! Access tokens: JWTs signed with Ed25519 (RFC 7519, RFC 8037), `typ: at+jwt` (RFC 9068).
//!
//! Verifying trusts nothing a token says about how to verify it: the header may hold exactly `alg`, `kid` and `typ`, the
//! algorithm is fixed, the key is looked up by its exact name in our own ring. Every claim is required and typed. Whether
//! a verified token was revoked is decided by [`crate::domain::revocation::Revoked`], not here.

mod attest;
mod claims;
mod seen;
mod verify;

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, crypto::aws_lc::DEFAULT_PROVIDER, jwk::JwkSet};
use serde_json::Value;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::keys::{KeyFault, KeyFile, SigningKey};
use crate::domain::{
    ids::{CompanyId, SessionId, UserId},
    principal::Role,
};
use claims::Claims;
use seen::Seen;

/// The `typ` of every access token.
const TYPE: &str = "at+jwt";

/// What an access token says of its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The account.
    pub user: UserId,
    /// Its company.
    pub company: CompanyId,
    /// The session the token belongs to and dies with.
    pub session: SessionId,
    /// The role of the moment.
    pub role: Role,
    /// Authentication methods of the session.
    pub amr: Vec<String>,
    /// When the person last proved who they are.
    pub auth_time: OffsetDateTime,
    /// The account's epoch.
    pub epoch: i64,
    /// The company's epoch.
    pub company_epoch: i64,
    /// The absolute end of the session; the token does not outlive it.
    pub session_expires_at: OffsetDateTime,
    /// A fresh id for the token, from [`crate::domain::world::World::id`].
    pub token_id: Uuid,
}

/// A token to hand out.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuedAccess {
    /// The JWT.
    pub token: String,
    /// When it ends, in whole seconds.
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for IssuedAccess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedAccess").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// Why a token opens nothing. For logs and counters; the wire hears `unauthenticated`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not three parts of base64url JSON, or too long.
    #[error("malformed token")]
    Malformed,
    /// Another algorithm, type or any further header.
    #[error("header not acceptable")]
    Header,
    /// A key that is not in the ring.
    #[error("unknown key")]
    UnknownKey,
    /// The signature is not of that key over these bytes.
    #[error("wrong signature")]
    Signature,
    /// A claim is absent, of another type, or not for this server.
    #[error("claims not acceptable")]
    Claims,
    /// It has ended.
    #[error("expired")]
    Expired,
    /// It has not begun: the clocks of the nodes disagree.
    #[error("not valid yet")]
    NotYet,
}

/// A token could not be signed: the key in the ring is not usable.
#[derive(Debug, thiserror::Error)]
#[error("the access token could not be signed")]
pub struct SignError(#[from] jsonwebtoken::errors::Error);

/// Issues and verifies access tokens, with keys that can be exchanged while serving.
pub struct AccessTokens {
    issuer: String,
    audience: String,
    lifetime: Duration,
    keys: RwLock<Arc<Ring>>,
}

/// The signing keys of one key file, and what they were seen to have signed: both go together.
struct Ring {
    signer: EncodingKey,
    header: Header,
    known: HashMap<String, DecodingKey>,
    /// Keys that sign and verify no tokens any more; what they attested stays true.
    retired: HashMap<String, DecodingKey>,
    jwks: Value,
    seen: Seen,
}

impl Ring {
    fn new(keys: &KeyFile) -> Result<Self, KeyFault> {
        use_one_backend();
        let present = keys.signing.first().ok_or(KeyFault::Missing("signing"))?;
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.into());
        header.kid = Some(present.kid.clone());
        let set = keys.signing.iter().map(|key| key.jwk().ok_or_else(|| malformed(key)));
        let set = JwkSet { keys: set.collect::<Result<_, _>>()? };
        let known = keys
            .signing
            .iter()
            .zip(&set.keys)
            .map(|(key, jwk)| Ok((key.kid.clone(), DecodingKey::from_jwk(jwk).map_err(|_| malformed(key))?)));
        let retired = keys.retired.iter().map(|jwk| {
            let id = jwk.common.key_id.clone().unwrap_or_default();
            let key = DecodingKey::from_jwk(jwk);
            key.map(|key| (id.clone(), key)).map_err(|_| KeyFault::Malformed { kind: "retired", id })
        });
        Ok(Self {
            retired: retired.collect::<Result<_, _>>()?,
            signer: EncodingKey::from_ed_der(present.pkcs8.expose()),
            header,
            known: known.collect::<Result<_, _>>()?,
            jwks: serde_json::to_value(&set).map_err(|_| malformed(present))?,
            seen: Seen::default(),
        })
    }
}

impl AccessTokens {
    /// Takes the signing keys out of the key file. `lifetime` is rounded down to whole seconds.
    pub fn new(
        keys: &KeyFile,
        issuer: impl Into<String>,
        audience: impl Into<String>,
        lifetime: Duration,
    ) -> Result<Self, KeyFault> {
        Ok(Self {
            issuer: issuer.into(),
            audience: audience.into(),
            lifetime: Duration::seconds(lifetime.whole_seconds()),
            keys: RwLock::new(Arc::new(Ring::new(keys)?)),
        })
    }

    /// Goes over to the keys of another file. Tokens of keys that are not in it are refused from now on.
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

    /// Signs a token at `now`. It ends after the lifetime or with its session, whichever is first.
    pub fn issue(&self, grant: &Grant, now: OffsetDateTime) -> Result<IssuedAccess, SignError> {
        let expires_at = (now + self.lifetime).min(grant.session_expires_at);
        let claims = Claims::of(grant, &self.issuer, &self.audience, now, expires_at);
        let expires_at = OffsetDateTime::from_unix_timestamp(claims.exp).unwrap_or(expires_at);
        let ring = self.ring();
        Ok(IssuedAccess { token: jsonwebtoken::encode(&ring.header, &claims, &ring.signer)?, expires_at })
    }

    /// Who issues the tokens.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Whom they are for.
    pub fn audience(&self) -> &str {
        &self.audience
    }

    /// The names of the keys whose tokens are taken, in order.
    pub fn key_names(&self) -> Vec<String> {
        let mut names: Vec<_> = self.ring().known.keys().cloned().collect();
        names.sort_unstable();
        names
    }

    /// How long a token lives.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// The public keys as a JWK set (RFC 7517), for `/.well-known/jwks.json`.
    pub fn jwks(&self) -> Value {
        self.ring().jwks.clone()
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessTokens").field("kid", &self.ring().header.kid).finish_non_exhaustive()
    }
}

fn malformed(key: &SigningKey) -> KeyFault {
    KeyFault::Malformed { kind: "signing", id: key.kid.clone() }
}

/// Chooses the cryptography of the JWT library once for the process; without a choice it panics at its first use.
pub(super) fn use_one_backend() {
    // An error means that the choice was made before, by us: nobody else in this program uses the library.
    let _ = DEFAULT_PROVIDER.install_default();
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod vectors;
