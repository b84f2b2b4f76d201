//! The operator throws a person out of every device from the command line: when the company's own Admins cannot.

use serde_json::json;

use super::{
    force_logout::{Parting, throw_out},
    revoke::Ended,
};
use crate::{
    domain::{
        code::Refusal,
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
        let store = services.store.clone();
        let ended = store.in_tenant(place.company, move |tx| Box::pin(async move { self.end(&services, tx).await }));
        let ended = ended.await?;
        let sessions = ended.sessions();
        Ended::spread(ended, &tenants).await;
        Ok(sessions)
    }
}

impl OperatorLogout {
    async fn end(&self, services: &Services, tx: &TenantTx) -> Result<Ended, Refusal> {
        let event = Event::new(Kind::SessionRevoked, &Origin::default());
        let event = event.with(json!({ "note": self.reason, "by": "operator" }));
        let (ended, _) = throw_out(services, tx, self.user, event, Parting::Operator).await?;
        Ok(ended)
    }
}
