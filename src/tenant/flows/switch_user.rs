//! An Admin switches an account off, or on again. Off: every session ends at once, sign-ins that have begun die, and the
//! person is told. Nothing is deleted.

use serde_json::json;

use super::{
    account_letters,
    case::Case,
    revoke::{Ended, end_account},
    views::UserView,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::UserId,
        people::{Act, Decision},
        principal::{Origin, Principal},
    },
    store::{Bump, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Switch an account off or on.
#[derive(Debug)]
pub struct SwitchUser {
    /// The Admin.
    pub principal: Principal,
    /// Whose account.
    pub user: UserId,
    /// On rather than off.
    pub active: bool,
    /// From where.
    pub origin: Origin,
}

impl Command for SwitchUser {
    type Output = UserView;
    const NAME: &'static str = "switch_user";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.principal.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<UserView, Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let switched = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let case = Case::open(tx, &self.principal, self.user).await?;
                let act = if self.active { Act::Reactivate } else { Act::Deactivate };
                let ended = match case.decide(act)? {
                    Decision::Nothing => Ended::default(),
                    Decision::Change => self.switch(&services, tx, &case).await?,
                };
                let account = tx.user(self.user).await?.ok_or(Code::Internal)?;
                Ok::<(UserRow, Ended), Refusal>((account, ended))
            })
        });
        let (account, ended) = switched.await?.split();
        Ended::spread(ended, &tenants).await;
        Ok(account.into())
    }
}

impl SwitchUser {
    async fn switch(&self, services: &Services, tx: &TenantTx, case: &Case) -> Result<Ended, Refusal> {
        let epochs = tx.bump_user(self.user, Bump { tokens: true, credentials: true }).await?.ok_or(Code::NotFound)?;
        tx.set_active(self.user, self.active).await?;
        let about = |kind| Event::new(kind, &self.origin).by_principal(&self.principal).about(Subject::user(self.user));
        if self.active {
            let data = json!({ "before": { "active": false }, "after": { "active": true } });
            tx.record(about(Kind::UserReactivated).with(data)).await?;
            return Ok(Ended::default());
        }
        let ended = end_account(services, tx, self.user, epochs.auth_epoch, "deactivated").await?;
        let data = json!({
            "before": { "active": true }, "after": { "active": false },
            "role": case.account.role, "sessions_revoked": ended.sessions(),
        });
        tx.record(about(Kind::UserDeactivated).with(data)).await?;
        account_letters::deactivated(services, tx, &case.account, &case.admin).await?;
        Ok(ended)
    }
}
