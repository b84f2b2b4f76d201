//! The door's question to PostgreSQL, for the time when the node's own set is too old to answer it.

use time::OffsetDateTime;

use crate::{
    domain::{
        code::{Code, Refusal},
        principal::Principal,
        revocation::Standing,
    },
    store::{Store, StoreError, TenantTx},
};

/// Whether the caller's session lives and its token belongs to the present epochs.
pub(super) async fn check(store: &Store, principal: &Principal, now: OffsetDateTime) -> Result<(), Refusal> {
    let caller = principal.clone();
    let standing = store.in_tenant(principal.company, move |tx| Box::pin(async move { read(tx, &caller).await })).await;
    match standing.map(|committed| committed.into_inner()) {
        Ok(Some(standing)) => Ok(standing.check(principal, now)?),
        Ok(None) => Err(Code::SessionRevoked.into()),
        Err(error) => {
            // Whatever the cause, the question has no answer: the door stays shut and the caller may try again.
            tracing::warn!(%error, "a session could not be checked in the database");
            Err(Code::Unavailable.into())
        }
    }
}

/// None: company, account or session are not there any more.
async fn read(tx: &TenantTx, caller: &Principal) -> Result<Option<Standing>, StoreError> {
    let Some(company) = tx.company().await? else { return Ok(None) };
    let Some(user) = tx.user(caller.user).await? else { return Ok(None) };
    let Some(session) = tx.session(caller.session).await? else { return Ok(None) };
    Ok(Some(Standing {
        active: company.active && user.active,
        holder: session.user,
        ended: session.revoked_at.is_some(),
        expires_at: session.expires_at,
        company_epoch: company.auth_epoch,
        epoch: user.auth_epoch,
    }))
}
