//! What the operator does from the command line, when the company's own Admins cannot: throw a person out of every
//! device, or take their second factor away.

use serde_json::json;

use super::{
    account_letters,
    force_logout::{Parting, throw_out},
    reset_mfa::take_away,
    revoke::Ended,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind},
        ids::{CompanyId, UserId},
        principal::Origin,
    },
    store::TenantTx,
    tenant::{Command, Place, Services, Tenants},
};

/// Throw a person out, as the operator of the installation.
#[derive(Debug)]
pub struct OperatorLogout {
    /// Their company.
    pub company: CompanyId,
    /// Who has to leave.
    pub user: UserId,
    /// Why; shown in the audit log.
    pub reason: Option<String>,
}

impl Command for OperatorLogout {
    /// How many sessions were alive.
    type Output = usize;
    const NAME: &'static str = "operator_logout";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<usize, Refusal> {
        let services = tenants.services().clone();
        Ended::by(place.company, &tenants, move |tx| Box::pin(async move { self.end(&services, tx).await })).await
    }
}

impl OperatorLogout {
    async fn end(&self, services: &Services, tx: &TenantTx) -> Result<Ended, Refusal> {
        let event = Event::new(Kind::SessionRevoked, &Origin::of_command("voxgate user force-logout"));
        let event = event.with(json!({ "note": self.reason, "by": "operator" }));
        let (ended, _) = throw_out(services, tx, self.user, event, Parting::Operator).await?;
        Ok(ended)
    }
}

/// Take a person's second factor away, as the operator of the installation.
#[derive(Debug)]
pub struct OperatorMfaReset {
    /// Their company.
    pub company: CompanyId,
    /// Whose.
    pub user: UserId,
    /// Why; shown in the audit log.
    pub reason: Option<String>,
}

impl Command for OperatorMfaReset {
    /// How many sessions were alive.
    type Output = usize;
    const NAME: &'static str = "operator_mfa_reset";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<usize, Refusal> {
        let services = tenants.services().clone();
        Ended::by(place.company, &tenants, move |tx| Box::pin(async move { self.reset(&services, tx).await })).await
    }
}

impl OperatorMfaReset {
    async fn reset(&self, services: &Services, tx: &TenantTx) -> Result<Ended, Refusal> {
        let event = Event::new(Kind::MfaReset, &Origin::of_command("voxgate user reset-mfa"));
        let event = event.with(json!({ "note": self.reason, "by": "operator" }));
        let ended = take_away(services, tx, self.user, event).await?;
        let user = tx.user(self.user).await?.ok_or(Code::NotFound)?;
        account_letters::mfa_reset(services, tx, &user, None).await?;
        Ok(ended)
    }
}
