//! An Admin gives a person another name or role. A new role counts at once: tokens that speak of the old one die, live
//! sockets close with 4403, and the sessions go on with what their next token says.

use serde_json::json;

use super::{
    alert_letters,
    case::Case,
    revoke::{Ended, change_rights},
    views::UserView,
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        event::{Event, Kind, Severity, Subject},
        ids::UserId,
        names,
        people::{Act, Decision},
        principal::{Origin, Principal, Role},
    },
    store::{Bump, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Change a person's name or role.
#[derive(Debug)]
pub struct ChangeUser {
    /// The Admin.
    pub principal: Principal,
    /// Whose account.
    pub user: UserId,
    /// The new name, if it is to change.
    pub full_name: Option<String>,
    /// The new role, if it is to change.
    pub role: Option<Role>,
    /// From where.
    pub origin: Origin,
}

impl Command for ChangeUser {
    type Output = UserView;
    const NAME: &'static str = "change_user";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.principal.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<UserView, Refusal> {
        if self.full_name.is_none() && self.role.is_none() {
            return Err(FieldError::new("", "required", "Send a name or a role.").into());
        }
        let name = self.full_name.as_deref().map(names::person_name).transpose()?;
        let services = tenants.services().clone();
        let store = services.store.clone();
        let changed = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let case = Case::open(tx, &self.principal, self.user).await?;
                if let Some(name) = name {
                    self.rename(tx, &case, name).await?;
                }
                let ended = match self.role {
                    Some(role) => self.set_role(&services, tx, &case, role).await?,
                    None => Ended::default(),
                };
                let account = tx.user(self.user).await?.ok_or(Code::Internal)?;
                Ok::<(UserRow, Ended), Refusal>((account, ended))
            })
        });
        let (account, ended) = changed.await?.split();
        Ended::spread(ended, &tenants).await;
        Ok(account.into())
    }
}

impl ChangeUser {
    async fn rename(&self, tx: &TenantTx, case: &Case, name: String) -> Result<(), Refusal> {
        case.decide(Act::Rename)?;
        let before = &case.account.full_name;
        if *before == name {
            return Ok(());
        }
        tx.rename_user(self.user, &name).await?;
        let data = json!({ "before": { "full_name": before }, "after": { "full_name": name } });
        Ok(tx.record(self.event(Kind::UserUpdated).with(data)).await?)
    }

    async fn set_role(&self, services: &Services, tx: &TenantTx, case: &Case, role: Role) -> Result<Ended, Refusal> {
        if case.decide(Act::SetRole(role))? == Decision::Nothing {
            return Ok(Ended::default());
        }
        tx.set_role(self.user, role).await?;
        let bump = Bump { tokens: true, credentials: false };
        let epochs = tx.bump_user(self.user, bump).await?.ok_or(Code::NotFound)?;
        let ended = change_rights(services, tx, self.user, epochs.auth_epoch).await?;
        let mut event = self.event(Kind::RoleChanged);
        event.severity = if role == Role::Admin { Severity::Warning } else { Severity::Notice };
        let data = json!({ "before": { "role": case.account.role }, "after": { "role": role } });
        tx.record(event.with(data)).await?;
        if role == Role::Admin {
            alert_letters::made_admin(services, tx, &case.account, &case.admin).await?;
        }
        Ok(ended)
    }

    fn event(&self, kind: Kind) -> Event {
        Event::new(kind, &self.origin).by_principal(&self.principal).about(Subject::user(self.user))
    }
}
