//! The second step of setting a second factor up: its first code. The factor counts from here on, the code is spent,
//! eight backup codes are made, and every other session of the account ends.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    backup_codes::fresh_codes,
    counters, letters,
    opening::{current_grant, issue_access},
    revoke::{Ended, end_sessions},
    second_factor::{matching_step, record_failure},
    views::AccessView,
};
use crate::{
    crypto::token::Grant,
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        lockout::{Bucket, Debit},
        policy::amr,
        principal::{Origin, Principal},
    },
    store::{Bump, FactorRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Confirm the waiting set-up with its first code.
#[derive(Debug)]
pub struct ConfirmEnrollment {
    /// The caller.
    pub principal: Principal,
    /// What the authenticator shows.
    pub code: SecretString,
    /// From where.
    pub origin: Origin,
}

/// A second factor that counts.
#[derive(Debug)]
pub struct Enrolled {
    /// Eight codes for the day the phone is lost.
    pub backup_codes: Vec<String>,
    /// The caller's session goes on, with the second factor in its `amr`.
    pub access: AccessView,
}

impl Command for ConfirmEnrollment {
    type Output = Enrolled;
    const NAME: &'static str = "confirm_enrollment";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<Enrolled, Refusal> {
        let services = tenants.services();
        let Self { principal, code, origin } = self;
        let factor = count(services, &principal).await?;
        let step = matching_step(services, principal.company, principal.user, &factor, code.expose_secret())?;
        let Some(step) = step else {
            let failed = (principal.user, "totp");
            record_failure(services, principal.company, Kind::MfaFailed, failed, &origin).await?;
            return Err(Code::InvalidCode.into());
        };
        let (grant, backup_codes) = activate(services, principal, origin, factor, step, &tenants).await?;
        Ok(Enrolled { backup_codes, access: issue_access(services, &grant)? })
    }
}

/// Counts the try and finds the waiting set-up.
async fn count(services: &Arc<Services>, principal: &Principal) -> Result<FactorRow, Refusal> {
    let counter = counters::account(services, Bucket::Totp, principal.company, principal.user);
    let user = principal.user;
    let counted = services.store.in_tenant(principal.company, move |tx| {
        Box::pin(async move {
            let Some(factor) = tx.pending_factor(user).await? else {
                return Err(Refusal::from(Code::EnrollmentNotStarted));
            };
            Ok((tx.debit(counter, Bucket::Totp.limit()).await?, factor))
        })
    });
    match counted.await?.into_inner() {
        (Debit::Granted { .. }, factor) => Ok(factor),
        (Debit::Exhausted { retry_after }, _) => Err(Refusal::from(Code::TooManyAttempts).after(retry_after)),
    }
}

/// Factor, backup codes, the end of the other sessions, event and mail: one transaction.
async fn activate(
    services: &Arc<Services>,
    principal: Principal,
    origin: Origin,
    factor: FactorRow,
    step: i64,
    tenants: &Tenants,
) -> Result<(Grant, Vec<String>), Refusal> {
    let tools = services.clone();
    let counter = counters::account(services, Bucket::Totp, principal.company, principal.user);
    let done = services.store.in_tenant(principal.company, move |tx| {
        Box::pin(async move {
            let bump = Bump { tokens: false, credentials: true };
            tx.bump_user(principal.user, bump).await?.ok_or(Code::SessionRevoked)?;
            let ended = end_sessions(&tools, tx, principal.user, Some(principal.session), "mfa_enabled").await?;
            if !tx.activate_factor(factor.id, step).await? {
                return Err(Code::EnrollmentNotStarted.into());
            }
            let codes = fresh_codes(&tools, tx, principal.user).await?;
            tx.set_amr(principal.session, &amr::after(true)).await?.ok_or(Code::SessionRevoked)?;
            tx.refund(counter).await?;
            let event = Event::new(Kind::MfaEnrolled, &origin).by_principal(&principal);
            let event = event.about(Subject::user(principal.user));
            tx.record(event.with(json!({ "method": "totp", "sessions_revoked": ended.sessions() }))).await?;
            if let Some(user) = tx.user(principal.user).await? {
                letters::mfa_enabled(&tools, tx, &user, &origin).await?;
            }
            Ok::<_, Refusal>(((current_grant(&tools, tx, principal.session).await?, codes), ended))
        })
    });
    let (answer, ended) = done.await?.split();
    Ended::spread(ended, tenants).await;
    Ok(answer)
}
