//! An Admin takes a person's second factor away, for the day when phone and backup codes are lost. Every session ends:
//! whoever has the password signs in anew and enrolls again. One's own factor goes with a proof, elsewhere.

use serde_json::json;

use super::{
    account_letters,
    case::Case,
    counters,
    revoke::{Ended, end_account},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::UserId,
        lockout::Bucket,
        people::Act,
        principal::{Origin, Principal},
    },
    store::{Bump, TenantTx},
    tenant::{Command, Place, Services, Tenants},
};

/// Take a person's second factor away.
#[derive(Debug)]
pub struct ResetMfa {
    /// The Admin.
    pub principal: Principal,
    /// Whose.
    pub user: UserId,
    /// From where.
    pub origin: Origin,
}

impl Command for ResetMfa {
    type Output = ();
    const NAME: &'static str = "reset_mfa";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.principal.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let ended = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let case = Case::open(tx, &self.principal, self.user).await?;
                case.decide(Act::ResetFactor)?;
                self.reset(&services, tx, &case).await
            })
        });
        Ended::spread(ended.await?, &tenants).await;
        Ok(())
    }
}

impl ResetMfa {
    async fn reset(&self, services: &Services, tx: &TenantTx, case: &Case) -> Result<Ended, Refusal> {
        let event = Event::new(Kind::MfaReset, &self.origin).by_principal(&self.principal);
        let ended = take_away(services, tx, self.user, event).await?;
        account_letters::mfa_reset(services, tx, &case.account, Some(&case.admin)).await?;
        Ok(ended)
    }
}

/// Removes the factor and its backup codes, ends every session, and records it as `event`.
pub(super) async fn take_away(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    mut event: Event,
) -> Result<Ended, Refusal> {
    let epochs = tx.bump_user(user, Bump { tokens: true, credentials: true }).await?.ok_or(Code::NotFound)?;
    let ended = end_account(services, tx, user, epochs.auth_epoch, "mfa_reset").await?;
    tx.remove_factors(user).await?;
    // A new factor begins with new tries, also after the hard stop of the old one.
    for bucket in [Bucket::Totp, Bucket::BackupCode] {
        tx.refund(counters::account(services, bucket, tx.company_id(), user)).await?;
    }
    event.data["before"] = json!({ "mfa_enabled": true });
    event.data["after"] = json!({ "mfa_enabled": false });
    event.data["sessions_revoked"] = json!(ended.sessions());
    tx.record(event.about(Subject::user(user))).await?;
    Ok(ended)
}
