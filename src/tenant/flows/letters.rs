//! Mails that flows send: composed, sealed and queued in the flow's own transaction, so that a mail leaves exactly when
//! its cause was committed.

use std::time::Duration;

use secrecy::SecretString;

use crate::{
    crypto::seal::{Aad, Sealed},
    domain::{
        code::{Code, Refusal},
        ids::UserId,
        one_time::OneTimeToken,
        principal::Origin,
        session::device_label,
    },
    mail::{Letter, Message, Security, Stationery, compose},
    store::{InvitationRow, MailRow, NewMail, TenantTx, UserRow},
    tenant::Services,
};

/// The purpose in the associated data of sealed letters.
pub(super) const LETTER: &str = "letter";
/// A notice that could not be delivered for this long is stale.
pub(super) const NOTICE_LIFETIME: Duration = Duration::from_secs(3 * 24 * 3600);

/// Queues a mail to one recipient; it is dropped unsent once it is older than `lives`.
pub(super) async fn queue(
    services: &Services,
    tx: &TenantTx,
    to: &str,
    message: &Message,
    lives: Duration,
) -> Result<(), Refusal> {
    let stationery = Stationery { base_url: services.settings.base_url.clone() };
    let letter = compose(&stationery, to, message).map_err(|error| {
        tracing::error!(kind = message.kind().as_str(), %error, "a mail could not be composed");
        Refusal::from(Code::Internal)
    })?;
    let id = services.world.id::<uuid::Uuid>();
    let aad = Aad { company: tx.company_id(), holder: id, purpose: LETTER };
    let Sealed { key_id, bytes: sealed } = services.sealer.seal(&services.world, &aad, &letter.to_bytes());
    let (kind, recipient) = (message.kind().as_str(), to.to_owned());
    Ok(tx.queue_mail(&NewMail { id, kind, recipient, sealed, key_id, expires_in: Some(lives) }).await?)
}

pub(super) async fn company_name(tx: &TenantTx) -> Result<String, Refusal> {
    Ok(tx.company().await?.ok_or(Code::Internal)?.name)
}

pub(super) async fn security(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<Security, Refusal> {
    Ok(Security {
        company: company_name(tx).await?,
        full_name: user.full_name.clone(),
        at: services.world.now(),
        ip: origin.ip.clone().unwrap_or_else(|| "unknown".to_owned()),
        device: device_label(origin.user_agent.as_deref()),
    })
}

/// Welcomes a new person.
pub(super) async fn welcome(services: &Services, tx: &TenantTx, user: &UserRow) -> Result<(), Refusal> {
    let message = Message::Welcome { company: company_name(tx).await?, full_name: user.full_name.clone() };
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Carries an invitation's token: the only way it ever leaves the server.
pub(super) async fn invitation(
    services: &Services,
    tx: &TenantTx,
    inviter: UserId,
    invitation: &InvitationRow,
    token: &OneTimeToken,
) -> Result<(), Refusal> {
    let inviter = tx.user(inviter).await?.ok_or(Code::SessionRevoked)?;
    let message = Message::Invitation {
        company: company_name(tx).await?,
        inviter: inviter.full_name,
        role: invitation.role.as_str().to_owned(),
        token: SecretString::from(token.expose()),
        expires_at: invitation.expires_at,
    };
    let lives = invitation.expires_at - services.world.now();
    queue(services, tx, &invitation.email, &message, lives.try_into().unwrap_or_default()).await
}

/// Tells a person that an Admin, or somebody outside their company, signed them out.
pub(super) async fn forced_logout(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    admin: Option<UserId>,
) -> Result<(), Refusal> {
    let admin = match admin {
        Some(admin) => tx.user(admin).await?.map(|admin| admin.full_name),
        None => None,
    };
    let message = Message::ForcedLogout {
        company: company_name(tx).await?,
        full_name: user.full_name.clone(),
        admin: admin.unwrap_or_else(|| "an administrator".to_owned()),
        at: services.world.now(),
    };
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Tells a person that their second factor now counts.
pub(super) async fn mfa_enabled(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<(), Refusal> {
    let message = Message::MfaEnabled(security(services, tx, user, origin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Tells a person that their second factor is gone.
pub(super) async fn mfa_disabled(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<(), Refusal> {
    let message = Message::MfaDisabled(security(services, tx, user, origin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Tells a person, where the company wants it, that they signed in on a device not seen before.
pub(super) async fn new_device(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<(), Refusal> {
    if !tx.company().await?.is_some_and(|company| company.policy.notify_new_device) {
        return Ok(());
    }
    let message = Message::NewDevice(security(services, tx, user, origin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Tells a person that a backup code was spent.
pub(super) async fn backup_code_used(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
    remaining: usize,
) -> Result<(), Refusal> {
    let security = security(services, tx, user, origin).await?;
    let message = Message::BackupCodeUsed { security, remaining: u32::try_from(remaining).unwrap_or_default() };
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Tells a person that a refresh token was used twice.
pub(super) async fn refresh_reused(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<(), Refusal> {
    let message = Message::RefreshReused(security(services, tx, user, origin).await?);
    queue(services, tx, &user.email, &message, NOTICE_LIFETIME).await
}

/// Opens a queued letter for the mail worker. `None` when its key is gone or it was changed.
pub fn open_letter(services: &Services, row: &MailRow) -> Option<Letter> {
    let aad = Aad { company: row.key.company, holder: row.key.id, purpose: LETTER };
    let sealed = Sealed { key_id: row.key_id.clone(), bytes: row.sealed.clone() };
    let opened = services.sealer.open(&aad, &sealed);
    let letter = opened.map_err(|error| tracing::error!(mail = %row.key.id, %error, "a mail cannot be opened")).ok()?;
    Letter::from_bytes(&letter).ok()
}
