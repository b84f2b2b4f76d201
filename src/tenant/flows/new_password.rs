//! What a new password must be, for an account that is there already.

use std::sync::Arc;

use secrecy::SecretString;

use super::{
    counters,
    password_rule::{self, Chooser},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        lockout::{Debit, FORMER_PASSWORDS},
    },
    store::{CompanyRow, UserRow},
    tenant::Services,
};

/// Checks it by the rule of the house. The errors point at `/new_password`.
pub(super) async fn check(
    services: &Services,
    company: &CompanyRow,
    user: &UserRow,
    new_password: &SecretString,
) -> Result<(), Refusal> {
    let (email, full_name) = (&user.email, &user.full_name);
    let chooser = Chooser { email, company: &company.name, full_name, policy: company.policy };
    let faults = password_rule::faults(services, new_password, chooser).await?;
    let here = |field: FieldError| FieldError { pointer: "/new_password".into(), ..field };
    let faults: Vec<_> = faults.into_iter().map(here).collect();
    if faults.is_empty() { Ok(()) } else { Err(Refusal::fields(faults)) }
}

/// Refuses one of the account's latest passwords, as many as its company forbids. Ask it only after the caller has proved
/// who they are, and spend the proof by the credentials of `user`: the answer says something about old passwords, so it is
/// counted first, and what changes meanwhile makes the proof void.
pub(super) async fn unused(
    services: &Arc<Services>,
    company: &CompanyRow,
    user: &UserRow,
    new_password: &SecretString,
) -> Result<(), Refusal> {
    let forbidden = company.policy.password_history;
    if forbidden == 0 {
        return Ok(());
    }
    let (tools, id) = (services.clone(), user.id);
    let read = services.store.in_tenant(company.id, move |tx| {
        Box::pin(async move {
            let debit = tx.debit(counters::former_passwords(&tools, tx.company_id(), id), FORMER_PASSWORDS).await?;
            Ok::<_, Refusal>((debit, tx.former_passwords(id, forbidden).await?))
        })
    });
    let (debit, former) = read.await?.into_inner();
    if let Debit::Exhausted { retry_after } = debit {
        return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
    }
    for stored in user.password_hash.iter().cloned().chain(former).take(forbidden as usize) {
        if services.hasher.verify(new_password.clone(), Some(stored)).await?.matches {
            let message = format!("Choose a password other than your last {forbidden}.");
            return Err(FieldError::new("/new_password", "reused", message).into());
        }
    }
    Ok(())
}
