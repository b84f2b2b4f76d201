//! Somebody forgot a password. Known and unknown addresses take the same way through the same statements of one
//! transaction, and get the same answer; only the two inserts that make and mail the link are left out where there is
//! nobody to mail. What that saves is hidden by the route, which answers at a fixed time after the question.
//!
//! Mails to one address are counted, known or not: beyond the limit nothing is sent and nothing is said.

use std::time::Duration;

use serde_json::json;

use super::{account_letters, counters};
use crate::{
    domain::{
        code::Refusal,
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::{CompanyId, UserId},
        lockout::{Debit, MAILS},
        one_time::{OneTimeToken, Purpose},
        principal::Origin,
    },
    store::{NewOneTime, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// How long the link works.
const LIFETIME: Duration = Duration::from_secs(30 * 60);

/// Ask for a link to set a new password.
#[derive(Debug)]
pub struct ForgotPassword {
    /// The address as typed.
    pub email: String,
    /// The company's slug; without it, the account last signed in to.
    pub company: Option<String>,
    /// From where.
    pub origin: Origin,
}

impl Command for ForgotPassword {
    type Output = ();
    const NAME: &'static str = "forgot_password";

    async fn place(&self, services: &Services) -> Result<Place, Refusal> {
        let email = NormalEmail::parse(&self.email)?;
        let account = services.store.find_account(email.as_str(), self.company.as_deref()).await?;
        let company = account.map_or(CompanyId::NOBODY, |(company, _)| company);
        Ok(Place { company, lane: counters::lane(services, &email) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let email = NormalEmail::parse(&self.email)?;
        let services = tenants.services().clone();
        let store = services.store.clone();
        let asked = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let counter = counters::reset_mails(&services, &email);
                let within = matches!(tx.debit(counter, MAILS).await?, Debit::Granted { .. });
                let user = tx.user_by_email(email.as_str()).await?;
                if !within {
                    return Ok(());
                }
                let event = Event::new(Kind::PasswordResetRequested, &self.origin).by_anonymous();
                let subject = user.as_ref().map(|user| Subject::user(user.id));
                let reachable = user.filter(|user| user.active);
                let data = json!({ "mailed": reachable.is_some() });
                tx.record(Event { subject, ..event.with(data) }).await?;
                let holder = reachable.as_ref().map_or_else(|| services.world.id(), |user| user.id);
                let token = token(&services, tx, holder);
                match reachable {
                    Some(user) => send(&services, tx, &user, &self.origin, &token).await,
                    None => Ok(()),
                }
            })
        });
        asked.await.map(|_| ())
    }
}

/// A token that sets a new password.
pub(super) fn token(services: &Services, tx: &TenantTx, holder: UserId) -> OneTimeToken {
    OneTimeToken::new(&services.world, Purpose::PasswordReset, tx.company_id(), holder)
}

/// Stores the token and queues the mail that carries it.
async fn send(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
    token: &OneTimeToken,
) -> Result<(), Refusal> {
    issue(tx, user, token, LIFETIME).await?;
    account_letters::password_reset(services, tx, user, origin, (token, LIFETIME)).await
}

/// Stores a token that sets a new password. It dies with any change of the account's credentials.
pub(super) async fn issue(tx: &TenantTx, user: &UserRow, token: &OneTimeToken, lives: Duration) -> Result<(), Refusal> {
    tx.issue(&NewOneTime {
        purpose: token.purpose,
        holder: token.holder,
        hash: token.hash(),
        user: Some(user.id),
        credential_version: Some(user.credential_version),
        session: None,
        max_tries: 1,
        expires_in: lives,
    })
    .await?;
    Ok(())
}
