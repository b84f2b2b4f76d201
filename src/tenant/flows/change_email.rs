//! A person wants another address. It needs the password; the new mailbox gets a link, the present one a notice, and
//! nothing changes before the link is used. Whether the address is taken is told only to whoever reads its mail.

use secrecy::SecretString;
use serde_json::json;

use super::{
    account_letters, counters,
    credentials::Checked,
    email_check::{LIFETIME, issue},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        lockout::{Debit, MAILS},
        one_time::Purpose,
        principal::{Origin, Principal},
    },
    store::TenantTx,
    tenant::{Command, Place, Services, Tenants},
};

/// Ask for another address.
#[derive(Debug)]
pub struct ChangeEmail {
    /// The caller.
    pub principal: Principal,
    /// The new address as typed.
    pub new_email: String,
    /// The caller's password.
    pub password: SecretString,
    /// From where.
    pub origin: Origin,
}

impl Command for ChangeEmail {
    type Output = ();
    const NAME: &'static str = "change_email";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let here = |field: FieldError| FieldError { pointer: "/new_email".into(), ..field };
        let email = NormalEmail::parse(&self.new_email).map_err(here)?;
        let services = tenants.services();
        let Self { principal, new_email, password, origin } = self;
        let checked = Checked::by_password(password, services, &principal, &origin).await?;
        if checked.user.email == new_email {
            let message = "This is your address already.";
            return Err(FieldError::new("/new_email", "unchanged", message).into());
        }
        let tools = services.clone();
        let asked = services.store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                tx.lock_user(checked.user.id).await?;
                let counter = counters::check_mails(&tools, &email);
                if let Debit::Exhausted { retry_after } = tx.debit(counter, MAILS).await? {
                    return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
                }
                ask(&tools, tx, (&principal, &origin), &checked, &new_email).await
            })
        });
        asked.await.map(|_| ())
    }
}

/// One link at a time: an older one would lead to an address nobody wants any more.
async fn ask(
    services: &Services,
    tx: &TenantTx,
    (principal, origin): (&Principal, &Origin),
    checked: &Checked,
    address: &str,
) -> Result<(), Refusal> {
    let user = &checked.user;
    tx.cancel_for_user(user.id, &[Purpose::EmailCheck]).await?;
    let token = issue(services, tx, user, address).await?;
    checked.claim(services, tx).await?;
    let event = Event::new(Kind::EmailChangeRequested, origin).by_principal(principal).about(Subject::user(user.id));
    tx.record(event.with(json!({ "address": address }))).await?;
    account_letters::address_change(services, tx, (user, address), origin, (&token, LIFETIME)).await
}
