//! What a new password must be, for an account that is there already.

use secrecy::SecretString;

use super::password_rule::{self, Chooser};
use crate::{
    domain::code::{FieldError, Refusal},
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
