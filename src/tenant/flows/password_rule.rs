//! The rule for new passwords, asked where it costs nobody else time: its estimate takes milliseconds, and strangers can
//! ask for it.

use secrecy::{ExposeSecret, SecretString};

use crate::{
    domain::{
        code::{FieldError, Refusal},
        company::Policy,
        password,
    },
    tenant::Services,
};

/// More of a name or address than this says nothing new about a password.
const ENOUGH: usize = 300;

/// Who chooses a password, and where.
pub(super) struct Chooser<'a> {
    pub(super) email: &'a str,
    pub(super) company: &'a str,
    pub(super) full_name: &'a str,
    /// What their company demands.
    pub(super) policy: Policy,
}

/// Everything that is wrong with a new password; nothing if it may be used.
pub(super) async fn faults(
    services: &Services,
    password: &SecretString,
    chooser: Chooser<'_>,
) -> Result<Vec<FieldError>, Refusal> {
    let short = |text: &str| text.chars().take(ENOUGH).collect::<String>();
    let Chooser { email, company, full_name, policy } = chooser;
    let (email, company, full_name) = (short(email), short(company), short(full_name));
    let (password, min_length) = (password.clone(), policy.min_length(services.settings.min_password_length));
    let judged = services.hasher.aside(move || {
        let (email, company, full_name) = (&*email, &*company, &*full_name);
        let all_kinds = policy.password_all_kinds;
        let context = password::Context { email, company, full_name, min_length, all_kinds };
        password::check(password.expose_secret(), &context)
    });
    Ok(judged.await?.err().unwrap_or_default())
}
