//! Mails about attacks and about power changing hands: to the person, and to the Admins where their company wants it.

use super::letters::{NOTICE_LIFETIME, company_name, queue, security};
use crate::{
    domain::{
        code::Refusal,
        ids::UserId,
        page::Page,
        principal::{Origin, Role},
    },
    mail::{Guesses, Intervention, Message, Watch},
    store::{TenantTx, UserFilter, UserRow},
    tenant::Services,
};

/// The longest-standing so many Admins get a mail.
const ADMINS_TOLD: u64 = 20;

/// Tells the Admins, where their company wants it, but not `spared`, whom another mail tells. `write` makes the mail from the names of the company and of the Admin.
async fn to_admins(
    services: &Services,
    tx: &TenantTx,
    spared: Option<UserId>,
    write: impl Fn(String, String) -> Message + Send + Sync,
) -> Result<(), Refusal> {
    let Some(company) = tx.company().await?.filter(|company| company.policy.notify_admins) else { return Ok(()) };
    let filter = UserFilter { role: Some(Role::Admin), active: Some(true), search: None };
    let admins = tx.list_users(&filter, Page { limit: ADMINS_TOLD, cursor: None }).await?;
    for admin in admins.items.into_iter().filter(|admin| Some(admin.id) != spared) {
        let message = write(company.name.clone(), admin.full_name);
        queue(services, tx, &admin.email, &message, NOTICE_LIFETIME).await?;
    }
    Ok(())
}

/// Tells the Admins that somebody tries many accounts.
pub(super) async fn spraying(services: &Services, tx: &TenantTx, origin: &Origin) -> Result<(), Refusal> {
    let (at, ip) = (services.world.now(), address(origin));
    let write = |company, full_name| Message::Spraying { company, full_name, at, ip: ip.clone() };
    to_admins(services, tx, None, write).await
}

/// Tells its owner, and the other Admins, that a secret of an account was right after many wrong ones.
pub(super) async fn after_failures(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
    guesses: Guesses,
) -> Result<(), Refusal> {
    let security = security(services, tx, user, origin).await?;
    let own = Message::AfterFailures { security, guesses };
    queue(services, tx, &user.email, &own, NOTICE_LIFETIME).await?;
    let (at, ip) = (services.world.now(), address(origin));
    let write = |company, full_name| {
        let watch = Watch { company, full_name, person: user.full_name.clone(), at };
        Message::AccountGuessed { watch, guesses, ip: ip.clone() }
    };
    to_admins(services, tx, Some(user.id), write).await
}

/// Tells a person that they were made an Admin, and the other Admins, the one who did it among them: whoever has stolen
/// an Admin's session makes another one first.
pub(super) async fn made_admin(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    by: &UserRow,
) -> Result<(), Refusal> {
    let (company, full_name) = (company_name(tx).await?, user.full_name.clone());
    let admin = by.full_name.clone();
    let own = Message::MadeAdmin(Intervention { company, full_name, admin, at: services.world.now() });
    queue(services, tx, &user.email, &own, NOTICE_LIFETIME).await?;
    new_admin(services, tx, user, by).await
}

/// Tells the other Admins that `user` is one now, by an invitation or by a new role.
pub(super) async fn new_admin(services: &Services, tx: &TenantTx, user: &UserRow, by: &UserRow) -> Result<(), Refusal> {
    let at = services.world.now();
    let write = |company, full_name| {
        let watch = Watch { company, full_name, person: user.full_name.clone(), at };
        Message::NewAdmin { watch, admin: by.full_name.clone() }
    };
    to_admins(services, tx, Some(user.id), write).await
}

fn address(origin: &Origin) -> String {
    origin.ip.clone().unwrap_or_else(|| "unknown".to_owned())
}
