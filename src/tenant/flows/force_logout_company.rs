//! An Admin throws the whole company out: everybody else, or everybody.
//!
//! The company's epoch rises, so one revocation ends every token on every node, and no sign-in begun before can still open
//! a session. The session of the Admin who spares themselves is named in the revocation: its tokens and sockets live on,
//! and it gets a token of the new epoch.

use serde_json::json;

use super::{
    case::standing,
    force_logout::Receipt,
    opening::{current_grant, issue_access},
    revoke::{Ended, end_company},
    views::AccessView,
};
use crate::{
    crypto::token::Grant,
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Severity, Subject},
        principal::{Origin, Principal, Role},
    },
    store::TenantTx,
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// Throw the company out.
#[derive(Debug)]
pub struct ForceLogoutCompany {
    /// The Admin.
    pub principal: Principal,
    /// Whether the Admin's own session goes on.
    pub spare_me: bool,
    /// From where.
    pub origin: Origin,
}

/// What was ended, and how the Admin goes on.
#[derive(Debug)]
pub struct CompanyReceipt {
    /// What was ended.
    pub receipt: Receipt,
    /// The Admin's new access token, where their session was spared.
    pub access: Option<AccessView>,
}

impl Command for ForceLogoutCompany {
    type Output = CompanyReceipt;
    const NAME: &'static str = "force_logout_company";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let company = self.principal.company;
        Ok(Place { company, lane: LaneKey(company.0) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<CompanyReceipt, Refusal> {
        let services = tenants.services().clone();
        let (tools, store) = (services.clone(), services.store.clone());
        let ended = store.in_tenant(place.company, move |tx| Box::pin(async move { self.end(&tools, tx).await }));
        let ((receipt, grant), ended) = ended.await?.split();
        let access = grant.map(|grant| issue_access(&services, &grant)).transpose()?;
        let receipt = receipt.counted_from_now(&tenants).with(Ended::spread_and_confirm(ended, &tenants).await);
        Ok(CompanyReceipt { receipt, access })
    }
}

impl ForceLogoutCompany {
    async fn end(&self, services: &Services, tx: &TenantTx) -> Result<((Receipt, Option<Grant>), Ended), Refusal> {
        if standing(tx, &self.principal).await?.role != Role::Admin {
            return Err(Code::Forbidden.into());
        }
        let spared = self.spare_me.then_some(self.principal.session);
        let ended = end_company(services, tx, spared, "company_logout").await?;
        let revocation_id = ended.revocations().first().map(|row| row.id).ok_or(Code::Internal)?;
        let mut event = Event::new(Kind::SessionRevoked, &self.origin).by_principal(&self.principal);
        event.severity = Severity::Warning;
        let data = json!({
            "reason": "company_logout",
            "scope": if self.spare_me { "others" } else { "everyone" },
            "sessions_revoked": ended.sessions(),
            "revocation_id": revocation_id,
        });
        tx.record(event.about(Subject::company(tx.company_id())).with(data)).await?;
        let receipt = Receipt::of(&ended, revocation_id, services);
        let grant = match spared {
            Some(session) => Some(current_grant(services, tx, session).await?),
            None => None,
        };
        Ok(((receipt, grant), ended))
    }
}
