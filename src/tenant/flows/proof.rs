//! What a session has proved lately: the step-up rule asks it before a sensitive route runs. Read from the database, not
//! from the token, so that a proof given on this session counts for every tab that shares it.

use crate::{
    domain::{
        code::{Code, Refusal},
        policy,
        principal::Principal,
    },
    tenant::Tenants,
};

impl Tenants {
    /// Lets a caller pass whose session proved lately who they are, with the second factor where the account has one.
    ///
    /// # Errors
    /// `reauthentication_required`; `session_revoked` when the session is gone.
    pub async fn step_up(&self, principal: &Principal) -> Result<(), Refusal> {
        let (session, user) = (principal.session, principal.user);
        let read = self.store().in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                let session = tx.session(session).await?.filter(|session| session.revoked_at.is_none());
                let user = tx.user(user).await?.filter(|user| user.active);
                Ok::<_, Refusal>((session.zip(user), tx.now().await?))
            })
        });
        let (found, now) = read.await?.into_inner();
        let (session, user) = found.ok_or(Code::SessionRevoked)?;
        let proved = Principal { auth_time: session.auth_time, amr: session.amr, ..principal.clone() };
        // The proof was stamped by the database's clock and is measured by it: this node's may be minutes off.
        Ok(policy::step_up(&proved, user.mfa_enabled, now)?)
    }
}
