//! What a session has proved lately: the step-up rule asks it before a sensitive route runs. Read from the database, not
//! from the token, so that a proof given on this session counts for every tab that shares it.

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::UserId,
        one_time::{OneTimeToken, Purpose},
        policy,
        principal::{Enrollee, Principal},
    },
    tenant::Tenants,
};

impl Tenants {
    /// Lets somebody pass whose sign-in waits for a demanded second factor, for setting it up and nothing else.
    ///
    /// # Errors
    /// `unauthenticated` for a token that is no such one, is spent, or is of an account that changed since.
    pub async fn admit_enrollee(&self, token: &str) -> Result<Enrollee, Refusal> {
        let token = OneTimeToken::parse(token, Purpose::Enrollment).ok_or(Code::Unauthenticated)?;
        let enrollee = Enrollee { user: UserId(token.holder), company: token.company, token: token.hash() };
        let hash = enrollee.token;
        let alive = self.store().in_tenant(enrollee.company, move |tx| {
            Box::pin(async move { Ok::<_, Refusal>(tx.is_alive(&hash, Purpose::Enrollment).await?) })
        });
        if alive.await?.into_inner() { Ok(enrollee) } else { Err(Code::Unauthenticated.into()) }
    }

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
