//! Removing the second factor, with proof: password and current code. What the account's sessions proved with it no
//! longer counts, at once.

use secrecy::SecretString;
use serde_json::json;

use super::{credentials::Credentials, letters, revoke::lower_assurance};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        policy::amr,
        principal::{Origin, Principal},
    },
    store::Bump,
    tenant::{Command, Place, Services, Tenants, flows::revoke::Ended},
};

/// Remove the second factor.
#[derive(Debug)]
pub struct DisableMfa {
    /// The caller.
    pub principal: Principal,
    /// Their password.
    pub password: SecretString,
    /// Their current TOTP code.
    pub code: SecretString,
    /// From where.
    pub origin: Origin,
}

impl Command for DisableMfa {
    type Output = ();
    const NAME: &'static str = "disable_mfa";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<(), Refusal> {
        let services = tenants.services();
        let Self { principal, password, code, origin } = self;
        let checked = Credentials { password, code: Some(code) }.check(services, &principal, &origin).await?;
        if !checked.second_factor() {
            return Err(Code::MfaNotEnrolled.into());
        }
        let (tools, proof, caller, from) = (services.clone(), checked.clone(), principal.clone(), origin.clone());
        let removed = services.store.in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                if tx.company().await?.is_some_and(|company| company.policy.mfa_required) {
                    return Err(Code::MfaDemanded.into());
                }
                let bump = Bump { tokens: true, credentials: true };
                let epochs = tx.bump_user(caller.user, bump).await?.ok_or(Code::SessionRevoked)?;
                // Sessions before factors and counters: the order of locks.
                tx.lower_amr(caller.user, &amr::after(false)).await?;
                proof.claim(&tools, tx).await?;
                tx.remove_factors(caller.user).await?;
                let lowered = lower_assurance(&tools, tx, caller.user, epochs.auth_epoch).await?;
                let event = Event::new(Kind::MfaDisabled, &from).by_principal(&caller);
                let data = json!({ "before": { "mfa_enabled": true }, "after": { "mfa_enabled": false } });
                tx.record(event.about(Subject::user(caller.user)).with(data)).await?;
                letters::mfa_disabled(&tools, tx, &proof.user, &from).await?;
                Ok::<_, Refusal>(lowered)
            })
        });
        let lowered = checked.settle(services, &principal, &origin, removed.await).await?;
        Ended::spread(lowered, &tenants).await;
        Ok(())
    }
}
