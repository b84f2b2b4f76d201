//! The operator throws a person out of every device from the command line: when the company's own Admins cannot.

use serde_json::json;
use uuid::Uuid;

use super::{
    letters,
    revoke::{Ended, end_account},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::{CompanyId, UserId},
        principal::Origin,
    },
    store::{Bump, TenantTx},
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
        let epochs = tx.bump_user(self.user, Bump { tokens: true, credentials: true }).await?;
        let epochs = epochs.ok_or(Code::NotFound)?;
        let ended = end_account(services, tx, self.user, epochs.auth_epoch, "force_logout").await?;
        let data = json!({
            "reason": "force_logout",
            "note": self.reason,
            "scope": "user",
            "by": "operator",
            "sessions_revoked": ended.sessions(),
            "revocation_id": ended.revocations().first().map(|row| row.id),
        });
        let event = Event::new(Kind::SessionRevoked, &Origin::default()).about(Subject::user(self.user));
        tx.record(event.with(data)).await?;
        if let Some(user) = tx.user(self.user).await? {
            // Nobody of the company did it: the letter says "an administrator".
            letters::forced_logout(services, tx, &user, Uuid::nil().into()).await?;
        }
        Ok(ended)
    }
}
