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
                Ok::<_, Refusal>(session.zip(tx.user(user).await?))
            })
        });
        let (session, user) = read.await?.into_inner().ok_or(Code::SessionRevoked)?;
        let proved = Principal { auth_time: session.auth_time, amr: session.amr, ..principal.clone() };
        Ok(policy::step_up(&proved, user.mfa_enabled, self.services().world.now())?)
    }
}
