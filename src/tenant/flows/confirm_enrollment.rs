//! The second step of setting a second factor up: its first code. The factor counts from here on, the code is spent,
//! eight backup codes are made, and every other session of the account ends.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    backup_codes::fresh_codes,
    counters, letters,
    opening::{Opening, current_grant, issue_access, open_session},
    revoke::{Ended, end_sessions},
    second_factor::{matching_step, record_failure},
    views::{AccessView, Client, SignedIn},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::SessionId,
        lockout::{Bucket, Debit},
        one_time::Purpose,
        policy::amr,
        principal::{Enroller, Origin},
    },
    store::{Bump, FactorRow, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Confirm the waiting set-up with its first code.
#[derive(Debug)]
pub struct ConfirmEnrollment {
    /// Who.
    pub by: Enroller,
    /// What the authenticator shows.
    pub code: SecretString,
    /// How the tokens are taken.
    pub client: Client,
    /// From where.
    pub origin: Origin,
}

/// A second factor that counts.
#[derive(Debug)]
pub struct Enrolled {
    /// Eight codes for the day the phone is lost.
    pub backup_codes: Vec<String>,
    /// What comes of the caller.
    pub goes_on: GoesOn,
}

/// How somebody goes on who has set a second factor up.
#[derive(Debug)]
pub enum GoesOn {
    /// Their session goes on, with the second factor in its `amr`.
    Session(AccessView),
    /// The sign-in that waited for it is finished.
    SignedIn(Box<SignedIn>),
}

impl Command for ConfirmEnrollment {
    type Output = Enrolled;
    const NAME: &'static str = "confirm_enrollment";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.by.company(), self.by.user()))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<Enrolled, Refusal> {
        let services = tenants.services();
        let user = self.by.user();
        let (attempt, factor) = count(services, &self.by).await?;
        let step = matching_step(services, place.company, user, &factor, self.code.expose_secret())?;
        let Some(step) = step else {
            let failed = (user, "totp", attempt);
            record_failure(services, place.company, Kind::MfaFailed, failed, &self.origin).await?;
            return Err(Code::InvalidCode.into());
        };
        self.activate(&tenants, factor, step).await
    }
}

/// Counts the try and finds the waiting set-up.
async fn count(services: &Arc<Services>, by: &Enroller) -> Result<(Debit, FactorRow), Refusal> {
    let (company, user) = (by.company(), by.user());
    let counter = counters::account(services, Bucket::Totp, company, user);
    let counted = services.store.in_tenant(company, move |tx| {
        Box::pin(async move {
            let Some(factor) = tx.pending_factor(user).await? else {
                return Err(Refusal::from(Code::EnrollmentNotStarted));
            };
            Ok((tx.debit(counter, Bucket::Totp.limit()).await?, factor))
        })
    });
    match counted.await?.into_inner() {
        (Debit::Exhausted { retry_after }, _) => Err(Refusal::from(Code::TooManyAttempts).after(retry_after)),
        granted => Ok(granted),
    }
}

/// The session that goes on, and what its person gets; a new one's tokens stay in the house until the commit.
struct Carried {
    session: SessionId,
    signed_in: Option<SignedIn>,
    ended: Ended,
}

impl ConfirmEnrollment {
    /// Factor, backup codes, the end of the other sessions, event and mail: one transaction.
    async fn activate(self, tenants: &Tenants, factor: FactorRow, step: i64) -> Result<Enrolled, Refusal> {
        let services = tenants.services();
        let tools = services.clone();
        let (company, id) = (self.by.company(), self.by.user());
        let counter = counters::account(services, Bucket::Totp, company, id);
        let done = services.store.in_tenant(company, move |tx| {
            Box::pin(async move {
                let user = tx.user(id).await?.ok_or(Code::SessionRevoked)?;
                let carried = self.carry(&tools, tx, &user).await?;
                let bump = Bump { tokens: false, credentials: true };
                tx.bump_user(id, bump).await?.ok_or(Code::SessionRevoked)?;
                let ended = end_sessions(&tools, tx, id, Some(carried.session), "mfa_enabled").await?;
                if !tx.activate_factor(factor.id, step).await? {
                    return Err(Code::EnrollmentNotStarted.into());
                }
                let backup_codes = fresh_codes(&tools, tx, id).await?;
                tx.set_amr(carried.session, &amr::after(true)).await?.ok_or(Code::SessionRevoked)?;
                tx.refund(counter).await?;
                self.record(tx, carried.session, ended.sessions()).await?;
                letters::mfa_enabled(&tools, tx, &user, &self.origin).await?;
                let goes_on = match carried.signed_in {
                    Some(mut signed_in) => {
                        signed_in.user.mfa_enabled = true;
                        GoesOn::SignedIn(Box::new(signed_in))
                    }
                    None => {
                        let grant = current_grant(&tools, tx, carried.session).await?;
                        GoesOn::Session(issue_access(&tools, &grant)?)
                    }
                };
                Ok::<_, Refusal>((Enrolled { backup_codes, goes_on }, ended.and(carried.ended)))
            })
        });
        let (enrolled, ended) = done.await?.split();
        Ended::spread(ended, tenants).await;
        Ok(enrolled)
    }

    /// The caller's own session; or, for a sign-in that waited for the factor, a new one, with the waiting token spent.
    async fn carry(&self, services: &Services, tx: &TenantTx, user: &UserRow) -> Result<Carried, Refusal> {
        match &self.by {
            Enroller::SignedIn(principal) => {
                Ok(Carried { session: principal.session, signed_in: None, ended: Ended::default() })
            }
            Enroller::Waiting(enrollee) => {
                let opening = Opening { user, second_factor: true, client: self.client, origin: &self.origin };
                let opened = open_session(services, tx, opening).await?.ok_or(Code::Unauthenticated)?;
                tx.claim_use(&enrollee.token, Purpose::Enrollment).await?.ok_or(Code::Unauthenticated)?;
                Ok(Carried { session: opened.session, signed_in: Some(opened.signed_in), ended: opened.ended })
            }
        }
    }

    async fn record(&self, tx: &TenantTx, session: SessionId, sessions_revoked: usize) -> Result<(), Refusal> {
        let by = |kind| {
            let event = Event::new(kind, &self.origin).by(self.by.user()).about(Subject::user(self.by.user()));
            event.in_session(session)
        };
        let data = json!({
            "before": { "mfa_enabled": false }, "after": { "mfa_enabled": true },
            "method": "totp", "sessions_revoked": sessions_revoked,
        });
        tx.record(by(Kind::MfaEnrolled).with(data)).await?;
        if matches!(self.by, Enroller::Waiting(_)) {
            tx.record(by(Kind::LoginSucceeded).with(json!({ "method": "totp" }))).await?;
        }
        Ok(())
    }
}
