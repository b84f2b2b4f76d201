//! A right password or code after many wrong ones may have been guessed: the desk, its owner and the Admins are told, in
//! the transaction of the success.

use serde_json::json;

use super::alert_letters;
use crate::{
    domain::{
        code::Refusal,
        event::{Event, Kind, Subject},
        lockout::SUSPICIOUS_FAILURES,
        principal::Origin,
    },
    mail::Guesses,
    store::{TenantTx, UserRow},
    tenant::Services,
};

/// What was guessed at.
#[derive(Clone, Copy, Debug)]
pub(super) enum Secret {
    Password,
    SecondFactor,
}

/// Notes a success whose counter gave `tries` back, the right one among them.
pub(super) async fn note(
    services: &Services,
    tx: &TenantTx,
    (user, origin): (&UserRow, &Origin),
    secret: Secret,
    tries: u32,
) -> Result<(), Refusal> {
    let failures = tries.saturating_sub(1);
    if failures < SUSPICIOUS_FAILURES {
        return Ok(());
    }
    let (step, what) = match secret {
        Secret::Password => ("password", "password"),
        Secret::SecondFactor => ("second_factor", "code"),
    };
    let event = Event::new(Kind::LoginAfterFailures, origin).by(user.id).about(Subject::user(user.id));
    tx.record(event.with(json!({ "failures": failures, "step": step }))).await?;
    alert_letters::after_failures(services, tx, user, origin, Guesses { what, failures }).await
}
