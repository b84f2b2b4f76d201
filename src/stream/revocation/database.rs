//! The door's question to PostgreSQL, for the time when the node's own set is too old to answer it.

use time::OffsetDateTime;

use crate::{
    domain::{
        code::{Code, Refusal},
        principal::Principal,
    },
    store::{Store, StoreError},
};

/// What PostgreSQL says of a caller.
enum Standing {
    Good,
    /// The session lives; its token is of an older epoch.
    Outdated,
    Over,
}

/// Whether the caller's session lives and its token belongs to the present epochs.
pub(super) async fn check(store: &Store, principal: &Principal, now: OffsetDateTime) -> Result<(), Refusal> {
    let caller = principal.clone();
    let standing: Result<_, StoreError> = store
        .in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                let Some(company) = tx.company().await? else { return Ok(Standing::Over) };
                let Some(user) = tx.user(caller.user).await? else { return Ok(Standing::Over) };
                let Some(session) = tx.session(caller.session).await? else { return Ok(Standing::Over) };
                let lives = session.user == caller.user && session.revoked_at.is_none() && session.expires_at > now;
                let current = company.auth_epoch <= caller.company_epoch && user.auth_epoch <= caller.epoch;
                Ok(match (company.active && user.active && lives, current) {
                    (true, true) => Standing::Good,
                    (true, false) => Standing::Outdated,
                    (false, _) => Standing::Over,
                })
            })
        })
        .await;
    match standing.map(|committed| committed.into_inner()) {
        Ok(Standing::Good) => Ok(()),
        Ok(Standing::Outdated) => Err(Code::RightsChanged.into()),
        Ok(Standing::Over) => Err(Code::SessionRevoked.into()),
        Err(error) => {
            // Whatever the cause, the question has no answer: the door stays shut and the caller may try again.
            tracing::warn!(%error, "a session could not be checked in the database");
            Err(Code::Unavailable.into())
        }
    }
}
