//! Proving again who one is, for sensitive actions (step-up). The session goes on with a new `auth_time`.

use secrecy::SecretString;

use super::{
    credentials::Credentials,
    opening::{current_grant, issue_access},
    views::AccessView,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        policy::amr,
        principal::{Origin, Principal},
    },
    tenant::{Command, Place, Services, Tenants},
};

/// Prove again who you are.
#[derive(Debug)]
pub struct Reauthenticate {
    /// The caller.
    pub principal: Principal,
    /// Their password.
    pub password: SecretString,
    /// Their TOTP code, where the account has a second factor.
    pub code: Option<SecretString>,
    /// From where.
    pub origin: Origin,
}

impl Command for Reauthenticate {
    type Output = AccessView;
    const NAME: &'static str = "reauthenticate";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<AccessView, Refusal> {
        let services = tenants.services();
        let Self { principal, password, code, origin } = self;
        let checked = Credentials { password, code }.check(services, &principal, &origin).await?;
        let (tools, proof, caller, from) = (services.clone(), checked.clone(), principal.clone(), origin.clone());
        let proved = services.store.in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                let amr = amr::after(proof.second_factor());
                tx.prove_session(caller.session, &amr).await?.ok_or(Code::SessionRevoked)?;
                proof.claim(&tools, tx).await?;
                let event = Event::new(Kind::SessionReauthenticated, &from).by_principal(&caller);
                tx.record(event.about(Subject::user(caller.user))).await?;
                current_grant(&tools, tx, caller.session).await
            })
        });
        let grant = checked.settle(services, &principal, &origin, proved.await).await?;
        issue_access(services, &grant)
    }
}
