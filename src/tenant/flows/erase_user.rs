//! Erases a person: the account with everything that hangs on it, and what is personal about them in the audit log. Every
//! session ends at once, the address is free again, and the person is told by a last mail.

use serde_json::json;

use super::{
    account_letters,
    case::Case,
    revoke::{Ended, end_account},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::{CompanyId, UserId},
        people::{Act, keeps_an_admin},
        principal::{Origin, Principal},
    },
    store::{Bump, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Erase a person.
#[derive(Debug)]
pub struct EraseUser {
    /// Who does it.
    pub by: Eraser,
    /// Whose account.
    pub user: UserId,
    /// From where.
    pub origin: Origin,
}

/// Who erases.
#[derive(Debug)]
pub enum Eraser {
    /// An Admin of the company.
    Admin(Box<Principal>),
    /// The operator of the installation, by the command line, in this company.
    Operator(CompanyId),
}

impl Eraser {
    fn company(&self) -> CompanyId {
        match self {
            Self::Admin(principal) => principal.company,
            Self::Operator(company) => *company,
        }
    }

    /// What is to be recorded, as done by them.
    fn event(&self, origin: &Origin) -> Event {
        let event = Event::new(Kind::UserErased, origin);
        match self {
            Self::Admin(principal) => event.by_principal(principal),
            Self::Operator(_) => event,
        }
    }

    /// The account, as it stays until the transaction ends, and the name of who does it; or why they may not.
    async fn case(&self, tx: &TenantTx, user: UserId) -> Result<(UserRow, String), Refusal> {
        match self {
            Self::Admin(principal) => {
                let case = Case::open(tx, principal, user).await?;
                case.decide(Act::Erase)?;
                Ok((case.account, case.admin.full_name))
            }
            Self::Operator(_) => {
                tx.lock_company().await?;
                let account = tx.user(user).await?.ok_or(Code::NotFound)?;
                keeps_an_admin(account.role, account.active, tx.count_active_admins().await?)?;
                Ok((account, "The operator".to_owned()))
            }
        }
    }
}

impl Command for EraseUser {
    /// How many sessions were alive.
    type Output = usize;
    const NAME: &'static str = "erase_user";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.by.company(), self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<usize, Refusal> {
        let services = tenants.services().clone();
        Ended::by(place.company, &tenants, move |tx| Box::pin(async move { self.erase(&services, tx).await })).await
    }
}

impl EraseUser {
    async fn erase(&self, services: &Services, tx: &TenantTx) -> Result<Ended, Refusal> {
        let (account, by) = self.by.case(tx, self.user).await?;
        let epochs = tx.bump_user(self.user, Bump { tokens: true, credentials: true }).await?.ok_or(Code::NotFound)?;
        let ended = end_account(services, tx, self.user, epochs.auth_epoch, "erased").await?;
        account_letters::erased(services, tx, &account, by).await?;
        let invitations = tx.delete_user(self.user).await?.ok_or(Code::NotFound)?;
        let data = json!({
            "role": account.role, "sessions_revoked": ended.sessions(), "invitations": invitations,
        });
        tx.record(self.by.event(&self.origin).about(Subject::user(self.user)).with(data)).await?;
        Ok(ended)
    }
}
