//! The door's question to PostgreSQL, for the time when the node's own set is too old to answer it.

use time::OffsetDateTime;

use crate::{
    domain::{
        code::{Code, Refusal},
        principal::Principal,
    },
    store::{Store, StoreError},
};

/// Whether the caller's session lives and its token belongs to the present epochs.
pub(super) async fn check(store: &Store, principal: &Principal, now: OffsetDateTime) -> Result<(), Refusal> {
    let caller = principal.clone();
    let lives: Result<_, StoreError> = store
        .in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                let Some(company) = tx.company().await? else { return Ok(false) };
                let Some(user) = tx.user(caller.user).await? else { return Ok(false) };
                let Some(session) = tx.session(caller.session).await? else { return Ok(false) };
                Ok(company.active
                    && company.auth_epoch <= caller.company_epoch
                    && user.active
                    && user.auth_epoch <= caller.epoch
                    && session.user == caller.user
                    && session.revoked_at.is_none()
                    && session.expires_at > now)
            })
        })
        .await;
    match lives.map(|committed| committed.into_inner()) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Code::SessionRevoked.into()),
        Err(error) => {
            // Whatever the cause, the question has no answer: the door stays shut and the caller may try again.
            tracing::warn!(%error, "a session could not be checked in the database");
            Err(Code::Unavailable.into())
        }
    }
}
