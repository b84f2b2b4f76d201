//! Confirming an address: the link that asks, and what it does when its owner answers. Addresses are confirmed at
//! registration, and when somebody moves to another one, which counts from its confirmation on and not before.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{account_letters, counters};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::UserId,
        lockout::{Debit, MAILS},
        one_time::{OneTimeToken, Purpose},
        principal::{Origin, Principal},
    },
    store::{Bump, NewOneTime, OneTimeRow, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// How long a link works.
pub(super) const LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Mail the link for one's own address again.
#[derive(Debug)]
pub struct ResendEmailCheck {
    /// The caller.
    pub principal: Principal,
}

/// Confirm the address a link was mailed to.
#[derive(Debug)]
pub struct VerifyEmail {
    /// From the mail.
    pub token: SecretString,
    /// From where.
    pub origin: Origin,
}

/// Stores a token that confirms `address`. A change of address is bound to the credentials of the moment, so that it dies
/// when its owner takes the account back; the confirmation of the present address changes nothing and is not.
pub(super) async fn issue(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    address: &str,
) -> Result<OneTimeToken, Refusal> {
    let token = OneTimeToken::new(&services.world, Purpose::EmailCheck, tx.company_id(), user.id);
    let new = NewOneTime {
        purpose: token.purpose,
        holder: token.holder,
        hash: token.hash(),
        user: Some(user.id),
        credential_version: (address != user.email).then_some(user.credential_version),
        session: None,
        max_tries: 1,
        expires_in: LIFETIME,
    };
    tx.issue_for_address(&new, address).await?;
    Ok(token)
}

/// Asks the owner of a new account to confirm its address. Where that address got too many such mails, this one is left
/// out: it can be asked for later.
pub(super) async fn ask(services: &Services, tx: &TenantTx, user: &UserRow) -> Result<(), Refusal> {
    let debit = tx.debit(counters::check_mails(services, &NormalEmail::parse(&user.email)?), MAILS).await?;
    if matches!(debit, Debit::Exhausted { .. }) {
        return Ok(());
    }
    let token = issue(services, tx, user, &user.email).await?;
    account_letters::confirm_address(services, tx, user, (&token, LIFETIME)).await
}

impl Command for ResendEmailCheck {
    type Output = ();
    const NAME: &'static str = "resend_email_check";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let sent = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let user = tx.user(self.principal.user).await?.ok_or(Code::SessionRevoked)?;
                if user.email_verified {
                    return Ok(());
                }
                let counter = counters::check_mails(&services, &NormalEmail::parse(&user.email)?);
                if let Debit::Exhausted { retry_after } = tx.debit(counter, MAILS).await? {
                    return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
                }
                let token = issue(&services, tx, &user, &user.email).await?;
                account_letters::confirm_address(&services, tx, &user, (&token, LIFETIME)).await
            })
        });
        sent.await.map(|_| ())
    }
}

impl VerifyEmail {
    fn token(&self) -> Result<OneTimeToken, Refusal> {
        let token = OneTimeToken::parse(self.token.expose_secret(), Purpose::EmailCheck);
        Ok(token.ok_or(Code::InvalidLink)?)
    }
}

impl Command for VerifyEmail {
    type Output = ();
    const NAME: &'static str = "verify_email";
    const BY_TOKEN: bool = true;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let token = self.token()?;
        Ok(Place::account(token.company, UserId(token.holder)))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let (services, token) = (tenants.services().clone(), self.token()?);
        let store = services.store.clone();
        let verified = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let holder = UserId(token.holder);
                tx.lock_user(holder).await?;
                let check = tx.claim_use(&token.hash(), Purpose::EmailCheck).await?.ok_or(Code::InvalidLink)?;
                let user = tx.user(holder).await?.ok_or(Code::InvalidLink)?;
                verify(&services, tx, &user, check, &self.origin).await
            })
        });
        verified.await.map(|_| ())
    }
}

/// The present address is confirmed, or another one takes its place.
async fn verify(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    check: OneTimeRow,
    origin: &Origin,
) -> Result<(), Refusal> {
    let address = check.address.ok_or(Code::InvalidLink)?;
    let email = NormalEmail::parse(&address)?;
    // The link proves the mailbox, not who reads it.
    let event = |kind| Event::new(kind, origin).by_anonymous().about(Subject::user(user.id));
    if address == user.email {
        tx.confirm_email(user.id).await?;
        let data = json!({
            "before": { "email_verified": user.email_verified }, "after": { "email_verified": true },
        });
        return Ok(tx.record(event(Kind::EmailConfirmed).with(data)).await?);
    }
    if check.credential_version.is_none() {
        return Err(Code::InvalidLink.into());
    }
    let holder = tx.user_by_email(email.as_str()).await?;
    if holder.is_some_and(|other| other.id != user.id) {
        // Only the owner of the mailbox hears this, and about their own address.
        let message = "This address belongs to another account of the company.";
        return Err(Refusal { fields: vec![FieldError::new("/token", "taken", message)], ..Code::Conflict.into() });
    }
    tx.change_email(user.id, &address, email.as_str()).await?;
    tx.bump_user(user.id, Bump { tokens: false, credentials: true }).await?;
    tx.cancel_for_user(user.id, &[Purpose::EmailCheck]).await?;
    let data = json!({ "before": { "email": user.email }, "after": { "email": address } });
    tx.record(event(Kind::EmailChanged).with(data)).await?;
    account_letters::address_changed(services, tx, (user, &address), origin).await
}
