//! Mails about a person's address, password and account. Links carry their token in the fragment and open a page; only
//! the page's POST acts, so that mail scanners change nothing.

use std::time::Duration;

use secrecy::SecretString;

use super::letters::{NOTICE_LIFETIME, company_name, queue, security};
use crate::{
    domain::{code::Refusal, one_time::OneTimeToken, principal::Origin},
    mail::{Intervention, Link, Message},
    store::{TenantTx, UserRow},
    tenant::Services,
};

fn link(services: &Services, token: &OneTimeToken, lives: Duration) -> Link {
    Link { token: SecretString::from(token.expose()), expires_at: services.world.now() + lives }
}

/// Asks whether the account's address is its owner's.
pub(super) async fn confirm_address(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    (token, lives): (&OneTimeToken, Duration),
) -> Result<(), Refusal> {
    let (company, full_name) = (company_name(tx).await?, user.full_name.clone());
    let message = Message::ConfirmAddress { company, full_name, link: link(services, token, lives) };
    queue(services, tx, &user.email, &message, lives).await
}

/// Brings the link that sets a new password.
pub(super) async fn password_reset(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
    (token, lives): (&OneTimeToken, Duration),
) -> Result<(), Refusal> {
    let security = security(services, tx, user, origin).await?;
    let message = Message::PasswordReset { security, link: link(services, token, lives) };
    queue(services, tx, &user.email, &message, lives).await
}

/// Tells a person that an Admin signed them out and voided their password, and brings the link that sets a new one.
pub(super) async fn new_password_demanded(
    services: &Services,
    tx: &TenantTx,
    (user, admin): (&UserRow, &UserRow),
    (token, lives): (&OneTimeToken, Duration),
) -> Result<(), Refusal> {
    let intervention = intervention(services, tx, user, admin).await?;
    let message = Message::NewPasswordDemanded { intervention, link: link(services, token, lives) };
    queue(services, tx, &user.email, &message, lives).await
}

/// Tells a person that their password is another one.
pub(super) async fn password_changed(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<(), Refusal> {
    let message = Message::PasswordChanged(security(services, tx, user, origin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

async fn intervention(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    admin: &UserRow,
) -> Result<Intervention, Refusal> {
    let (company, full_name) = (company_name(tx).await?, user.full_name.clone());
    Ok(Intervention { company, full_name, admin: admin.full_name.clone(), at: services.world.now() })
}

/// Tells a person that an Admin removed their second factor.
pub(super) async fn mfa_reset(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    admin: &UserRow,
) -> Result<(), Refusal> {
    let message = Message::MfaReset(intervention(services, tx, user, admin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Tells a person that an Admin switched their account off.
pub(super) async fn deactivated(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    admin: &UserRow,
) -> Result<(), Refusal> {
    let message = Message::Deactivated(intervention(services, tx, user, admin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Asks at the new address whether it is the person's, and tells the old one what is going on.
pub(super) async fn address_change(
    services: &Services,
    tx: &TenantTx,
    (user, address): (&UserRow, &str),
    origin: &Origin,
    (token, lives): (&OneTimeToken, Duration),
) -> Result<(), Refusal> {
    let (company, full_name) = (company_name(tx).await?, user.full_name.clone());
    let link = link(services, token, lives);
    let ask = Message::AddressChange { company, full_name, address: address.to_owned(), link };
    queue(services, tx, address, &ask, lives).await?;
    let security = security(services, tx, user, origin).await?;
    let notice = Message::AddressChangeAsked { security, address: address.to_owned() };
    queue(services, tx, &user.email, &notice, NOTICE_LIFETIME).await
}

/// Tells both mailboxes that the account has another address. `user` is the account as it was.
pub(super) async fn address_changed(
    services: &Services,
    tx: &TenantTx,
    (user, address): (&UserRow, &str),
    origin: &Origin,
) -> Result<(), Refusal> {
    let security = security(services, tx, user, origin).await?;
    let message = Message::AddressChanged { security, address: address.to_owned() };
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await?;
    queue(services, tx, address, &message, NOTICE_LIFETIME).await
}
