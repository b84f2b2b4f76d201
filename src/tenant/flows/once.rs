//! Requests that their clients may send again without doing the thing again (`Idempotency-Key`).
//!
//! The key is claimed in the transaction of the act, and the answer is kept in it. Answers may hold tokens, so they are
//! sealed like every secret at rest. The request itself is not kept: only an HMAC over it and over the client's key, which
//! is kept nowhere, so that a password in the request cannot be tried out against it.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::{
    crypto::seal::{Aad, Sealed},
    domain::{
        code::{Code, Refusal},
        ids::CompanyId,
    },
    store::TenantTx,
    tenant::Services,
};

/// The purpose in the associated data of kept answers.
const ANSWER: &str = "kept_answer";

/// What makes a request the same one.
#[derive(Clone, Debug)]
pub struct Once {
    /// Who asks: an account, or an address without one.
    pub caller: String,
    /// The row of the route table.
    pub route: &'static str,
    /// The key the client chose.
    pub key: SecretString,
    /// The request as it came.
    pub request: SecretString,
}

impl Once {
    fn key(&self, services: &Services) -> [u8; 32] {
        let parts = [self.caller.as_bytes(), self.route.as_bytes(), self.key.expose_secret().as_bytes()];
        services.pepper.digest("idempotency.key", &parts)
    }

    fn fingerprint(&self, services: &Services) -> [u8; 32] {
        let parts = [self.key.expose_secret().as_bytes(), self.request.expose_secret().as_bytes()];
        services.pepper.digest("idempotency.request", &parts)
    }
}

/// What a kept answer is bound to.
pub(super) fn aad(key: [u8; 32]) -> Aad {
    let mut holder = [0; 16];
    holder.copy_from_slice(&key[..16]);
    Aad { company: CompanyId::NOBODY, holder: Uuid::from_bytes(holder), purpose: ANSWER }
}

/// The answer this request got before, if it did.
///
/// # Errors
/// `idempotency_key_reused` when the key belongs to another request; `idempotency_conflict` when the answer cannot be
/// opened any more, because its sealing key was retired: the thing is done, and must not be done again.
pub(super) async fn answered<T: DeserializeOwned>(
    services: &Arc<Services>,
    once: Option<&Once>,
) -> Result<Option<T>, Refusal> {
    let Some(once) = once else { return Ok(None) };
    let key = once.key(services);
    let kept = services.store.in_tenant(CompanyId::NOBODY, move |tx| Box::pin(tx.kept_answer(key)));
    let Some(kept) = kept.await?.into_inner() else { return Ok(None) };
    if kept.fingerprint != once.fingerprint(services) {
        return Err(Code::IdempotencyKeyReused.into());
    }
    let sealed = Sealed { key_id: kept.key_id, bytes: kept.sealed };
    let opened = services.sealer.open(&aad(key), &sealed).map_err(|error| {
        tracing::warn!(%error, route = once.route, "a kept answer cannot be opened");
        Refusal::from(Code::IdempotencyConflict)
    })?;
    Ok(Some(serde_json::from_slice(&opened).map_err(unreadable)?))
}

/// Takes the key, in the transaction of the act.
///
/// # Errors
/// `idempotency_conflict` while another request with this key is under way, or has just been finished.
pub(super) async fn claim(services: &Services, tx: &TenantTx, once: Option<&Once>) -> Result<(), Refusal> {
    let Some(once) = once else { return Ok(()) };
    let claimed = tx.claim_request(once.key(services), once.fingerprint(services)).await?;
    if claimed { Ok(()) } else { Err(Code::IdempotencyConflict.into()) }
}

/// Keeps the answer, in the transaction of the act.
pub(super) async fn keep<T: Serialize>(
    services: &Services,
    tx: &TenantTx,
    once: Option<&Once>,
    answer: &T,
) -> Result<(), Refusal> {
    let Some(once) = once else { return Ok(()) };
    let key = once.key(services);
    let plain = Zeroizing::new(serde_json::to_vec(answer).map_err(unreadable)?);
    let Sealed { key_id, bytes } = services.sealer.seal(&services.world, &aad(key), &plain);
    Ok(tx.keep_answer(key, bytes, &key_id).await?)
}

fn unreadable(error: serde_json::Error) -> Refusal {
    tracing::error!(line = error.line(), "a kept answer cannot be written or read");
    Code::Internal.into()
}

/// How secrets are written into an answer that will be sealed.
pub(super) mod secret {
    use secrecy::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serializer};

    pub(in crate::tenant::flows) fn serialize<S: Serializer>(secret: &SecretString, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(secret.expose_secret())
    }

    pub(in crate::tenant::flows) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
        String::deserialize(from).map(Into::into)
    }
}
