//! A signed-in person changes their password. It needs the present one; every other session ends, sign-ins and links that
//! wait die with the old credentials, and this session goes on.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    account_letters,
    credentials::Checked,
    new_password,
    revoke::{Ended, end_sessions},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        event::{Event, Kind, Subject},
        password,
        principal::{Origin, Principal},
    },
    store::{Bump, CompanyRow, TenantTx},
    tenant::{Command, Place, Services, Tenants},
};

/// Change one's own password.
#[derive(Debug)]
pub struct ChangePassword {
    /// The caller.
    pub principal: Principal,
    /// The present password.
    pub current_password: SecretString,
    /// The new one.
    pub new_password: SecretString,
    /// From where.
    pub origin: Origin,
}

impl Command for ChangePassword {
    type Output = ();
    const NAME: &'static str = "change_password";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<(), Refusal> {
        let services = tenants.services();
        let Self { principal, current_password, new_password, origin } = self;
        let company = acceptable(services, &principal, &current_password, &new_password).await?;
        let checked = Checked::by_password(current_password, services, &principal, &origin).await?;
        new_password::unused(services, &company, &checked.user, &new_password).await?;
        let hash = SecretString::from(services.hasher.hash(new_password).await?);
        let tools = services.clone();
        let changed = services.store.in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                tx.lock_user(checked.user.id).await?;
                tx.keep_former_password(checked.user.id, company.policy.password_history).await?;
                change(&tools, tx, (&principal, &origin), &checked, &hash).await
            })
        });
        Ended::spread(changed.await?, &tenants).await;
        Ok(())
    }
}

/// Looks at the new password before any guess at the present one is counted.
async fn acceptable(
    services: &Services,
    principal: &Principal,
    current: &SecretString,
    new: &SecretString,
) -> Result<CompanyRow, Refusal> {
    if password::normalise(current.expose_secret()) == password::normalise(new.expose_secret()) {
        let message = "Choose a password other than the present one.";
        return Err(FieldError::new("/new_password", "unchanged", message).into());
    }
    let caller = principal.user;
    let read = services.store.in_tenant(principal.company, move |tx| {
        Box::pin(async move {
            let user = tx.user(caller).await?.ok_or(Code::SessionRevoked)?;
            Ok::<_, Refusal>((tx.company().await?.ok_or(Code::SessionRevoked)?, user))
        })
    });
    let (company, user) = read.await?.into_inner();
    new_password::check(services, &company, &user, new).await?;
    Ok(company)
}

/// The password, if it is still the one that was compared; the end of the other sessions, event and mail.
async fn change(
    services: &Arc<Services>,
    tx: &TenantTx,
    (principal, origin): (&Principal, &Origin),
    checked: &Checked,
    hash: &SecretString,
) -> Result<Ended, Refusal> {
    let user = &checked.user;
    let bump = Bump { tokens: false, credentials: true };
    tx.claim_password(user.id, user.credential_version, hash, bump).await?.ok_or(Code::Conflict)?;
    let ended = end_sessions(services, tx, user.id, Some(principal.session), "password_changed").await?;
    checked.claim(services, tx).await?;
    let event = Event::new(Kind::PasswordChanged, origin).by_principal(principal).about(Subject::user(user.id));
    tx.record(event.with(json!({ "sessions_revoked": ended.sessions() }))).await?;
    account_letters::password_changed(services, tx, user, origin).await?;
    Ok(ended)
}
