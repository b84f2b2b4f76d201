//! A new password by a mailed link. It opens no session and skips no second factor: all sessions and all sign-ins that wait
//! end, every other link dies, and the person signs in anew.
//!
//! The link also confirms the address: it was mailed there and nowhere else, and a change of address would have killed it
//! with the credentials it is bound to.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    account_letters, counters, new_password,
    revoke::{Ended, end_account},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::UserId,
        one_time::{OneTimeToken, Purpose},
        principal::Origin,
    },
    store::{Bump, CompanyRow, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Set a new password by a mailed link.
#[derive(Debug)]
pub struct ResetPassword {
    /// From the mail.
    pub token: SecretString,
    /// The new password.
    pub new_password: SecretString,
    /// From where.
    pub origin: Origin,
}

impl ResetPassword {
    fn token(&self) -> Result<OneTimeToken, Refusal> {
        let token = OneTimeToken::parse(self.token.expose_secret(), Purpose::PasswordReset);
        Ok(token.ok_or(Code::InvalidLink)?)
    }
}

impl Command for ResetPassword {
    type Output = ();
    const NAME: &'static str = "reset_password";
    const BY_TOKEN: bool = true;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let token = self.token()?;
        Ok(Place::account(token.company, UserId(token.holder)))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let (services, token) = (tenants.services().clone(), self.token()?);
        let hash = token.hash();
        let looked = services.store.in_tenant(place.company, move |tx| Box::pin(async move { look(tx, hash).await }));
        let (company, user) = looked.await?.into_inner();
        new_password::check(&services, &company, &user, &self.new_password).await?;
        new_password::unused(&services, &company, &user, &self.new_password).await?;
        let password_hash = SecretString::from(services.hasher.hash(self.new_password).await?);
        let (store, origin) = (services.store.clone(), self.origin);
        let reset = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                tx.lock_user(user.id).await?;
                tx.keep_former_password(user.id, company.policy.password_history).await?;
                reset(&services, tx, (hash, user.id), &password_hash, &origin).await
            })
        });
        Ended::spread(reset.await?, &tenants).await;
        Ok(())
    }
}

/// Looks the token up, so that a weak password does not spend it and a dead link costs no hash.
async fn look(tx: &TenantTx, hash: [u8; 32]) -> Result<(CompanyRow, UserRow), Refusal> {
    let token = tx.one_time(&hash, Purpose::PasswordReset).await?.filter(|token| token.used_at.is_none());
    let token = token.ok_or(Code::InvalidLink)?;
    let user = tx.user(token.user.ok_or(Code::InvalidLink)?).await?.filter(|user| user.active);
    let user = user.filter(|user| token.credential_version == Some(user.credential_version));
    let company = tx.company().await?.filter(|company| company.active);
    Ok((company.ok_or(Code::InvalidLink)?, user.ok_or(Code::InvalidLink)?))
}

/// Token, password, the end of all sessions, event and mail: one transaction. The account is locked already, so what the
/// token is compared with stays so.
async fn reset(
    services: &Arc<Services>,
    tx: &TenantTx,
    (hash, holder): ([u8; 32], UserId),
    password_hash: &SecretString,
    origin: &Origin,
) -> Result<Ended, Refusal> {
    let token = tx.claim_use(&hash, Purpose::PasswordReset).await?.ok_or(Code::InvalidLink)?;
    let seen = token.credential_version.ok_or(Code::InvalidLink)?;
    let bump = Bump { tokens: true, credentials: true };
    let epochs = tx.claim_password(holder, seen, password_hash, bump).await?.ok_or(Code::InvalidLink)?;
    let ended = end_account(services, tx, holder, epochs.auth_epoch, "password_reset").await?;
    tx.confirm_email(holder).await?;
    let user = tx.user(holder).await?.ok_or(Code::InvalidLink)?;
    tx.refund_all(guesses(services, tx, &user).await?).await?;
    let event = Event::new(Kind::PasswordReset, origin).by_anonymous().about(Subject::user(holder));
    tx.record(event.with(json!({ "sessions_revoked": ended.sessions() }))).await?;
    account_letters::password_changed(services, tx, &user, origin).await?;
    Ok(ended)
}

/// The counters of guesses at the old password, from anywhere and from each known device. They say nothing about the new
/// one, and its owner has waited long enough.
async fn guesses(services: &Services, tx: &TenantTx, user: &UserRow) -> Result<Vec<[u8; 32]>, Refusal> {
    let (email, devices) = (NormalEmail::parse(&user.email)?, tx.devices(user.id).await?);
    let counter = |device| counters::password(services, tx.company_id(), &email, device);
    Ok(std::iter::once(None).chain(devices.into_iter().map(Some)).map(counter).collect())
}
