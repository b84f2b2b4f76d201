//! The first step of a sign-in: address and password.
//!
//! Unknown, wrong, deactivated and locked take the same way: one transaction that counts and looks, one run of the
//! hashing pool, one transaction that records. Only the last transaction of a success differs.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use super::{
    after_failures::{self, Secret},
    at_once::{Spent, open_at_once},
    counters, devices,
    opening::{LoginStep, Opening, open_session, wait_for},
    revoke::Ended,
    spraying::Failure,
    views::{Client, SignedIn},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        factor::Method,
        ids::CompanyId,
        lockout::{Bucket, Debit, Stop},
        login::{Account, Counted, Outcome, Why},
        one_time::Purpose,
        principal::Origin,
    },
    store::{TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Sign in with address and password.
#[derive(Debug)]
pub struct BeginLogin {
    /// The address as typed.
    pub email: String,
    /// The password as typed.
    pub password: SecretString,
    /// The company's slug; without it, the account last signed in to.
    pub company: Option<String>,
    /// How the tokens are taken.
    pub client: Client,
    /// From where.
    pub origin: Origin,
}

/// What the counting transaction saw.
struct Seen {
    counter: [u8; 32],
    attempt: Debit,
    user: Option<UserRow>,
    mfa_required: bool,
}

impl Command for BeginLogin {
    type Output = LoginStep;
    const NAME: &'static str = "begin_login";

    async fn place(&self, services: &Services) -> Result<Place, Refusal> {
        let email = NormalEmail::parse(&self.email)?;
        let account = services.store.find_account(email.as_str(), self.company.as_deref()).await?;
        let company = account.map_or(CompanyId::NOBODY, |(company, _)| company);
        Ok(Place { company, lane: counters::lane(services, &email) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<LoginStep, Refusal> {
        let email = NormalEmail::parse(&self.email)?;
        let services = tenants.services().clone();
        let Seen { counter, attempt, user, mfa_required } =
            look(&services, place.company, &email, self.origin.clone()).await?;
        let stored = user.as_ref().and_then(|user| user.password_hash.clone());
        let verdict = services.hasher.verify(self.password.clone(), stored).await?;
        let account = user.as_ref().map(|user| facts(user, mfa_required));
        let outcome = Counted::new(attempt).verified(account, verdict.matches);
        match (outcome, user) {
            (Outcome::Refused(why), user) => {
                let (password, origin) = (&self.password, &self.origin);
                let failure = Failure { company: place.company, email: &email, password, origin };
                refuse(&services, failure, (attempt, why), user).await
            }
            (_, None) => Err(Code::InvalidCredentials.into()),
            (outcome, Some(user)) => {
                let rehashed = match verdict.outdated {
                    true => Some(SecretString::from(services.hasher.hash(self.password.clone()).await?)),
                    false => None,
                };
                let accepted = Accepted { login: self, user, counter, rehashed, outcome };
                accepted.commit(&tenants, place.company).await
            }
        }
    }
}

/// What the sign-in's rule asks of an account. Companies that are switched off are not found in the first place.
fn facts(user: &UserRow, mfa_required: bool) -> Account {
    Account {
        active: user.active,
        company_active: true,
        has_password: user.password_hash.is_some(),
        mfa_enabled: user.mfa_enabled,
        mfa_required,
    }
}

/// Finds the account and counts the attempt, both before anything is compared. Every address takes the same way.
async fn look(
    services: &Arc<Services>,
    company: CompanyId,
    email: &NormalEmail,
    origin: Origin,
) -> Result<Seen, Refusal> {
    let (tools, email) = (services.clone(), email.clone());
    let seen = services.store.in_tenant(company, move |tx| {
        Box::pin(async move {
            let user = tx.user_by_email(email.as_str()).await?;
            let mfa_required = tx.company().await?.is_some_and(|company| company.policy.mfa_required);
            let device = devices::known(&tools, tx, user.as_ref().map(|user| user.id), &origin).await?;
            let counter = counters::password(&tools, company, &email, device);
            let attempt = tx.debit(counter, Bucket::Password.limit()).await?;
            Ok::<_, Refusal>(Seen { counter, attempt, user, mfa_required })
        })
    });
    Ok(seen.await?.into_inner())
}

/// Records the failure and says what every failure says.
async fn refuse(
    services: &Arc<Services>,
    failure: Failure<'_>,
    (attempt, why): (Debit, Why),
    user: Option<UserRow>,
) -> Result<LoginStep, Refusal> {
    let kind = match Bucket::Password.limit().after_failure(attempt) {
        Stop::No => Kind::LoginFailed,
        Stop::ForTheWindow | Stop::ForGood => Kind::LoginLocked,
    };
    let mut event = Event::new(kind, failure.origin).by_anonymous().with(json!({ "reason": why.as_str() }));
    if let Some(user) = &user {
        event = event.about(Subject::user(user.id));
    }
    services.store.record_alone(failure.company, event).await?;
    failure.count(services).await?;
    Err(why.code().into())
}

/// The password was right: in, or on to the second factor.
struct Accepted {
    login: BeginLogin,
    user: UserRow,
    counter: [u8; 32],
    rehashed: Option<SecretString>,
    outcome: Outcome,
}

impl Accepted {
    async fn commit(self, tenants: &Tenants, company: CompanyId) -> Result<LoginStep, Refusal> {
        let services = tenants.services();
        if let Some(signed_in) = self.at_once(services, company).await? {
            return Ok(LoginStep::Authenticated(Box::new(signed_in)));
        }
        let tools = services.clone();
        let step = services.store.in_tenant(company, move |tx| {
            Box::pin(async move {
                let wait = async |purpose, methods| wait_for(&tools, tx, &self.user, purpose, methods).await;
                let (step, ended) = match self.outcome {
                    Outcome::MfaRequired { methods } => {
                        let waiting = wait(Purpose::MfaChallenge, methods).await?;
                        (LoginStep::MfaRequired(waiting), Ended::default())
                    }
                    Outcome::EnrollmentRequired => {
                        let waiting = wait(Purpose::Enrollment, &[Method::Totp]).await?;
                        (LoginStep::EnrollmentRequired(waiting), Ended::default())
                    }
                    _ => self.open(&tools, tx).await?,
                };
                if let Some(hash) = self.rehashed {
                    // If the password was changed meanwhile, the newer one stays.
                    tx.renew_password_hash(self.user.id, self.user.credential_version, &hash).await?;
                }
                let tries = tx.refund(self.counter).await?;
                after_failures::note(&tools, tx, (&self.user, &self.login.origin), Secret::Password, tries).await?;
                Ok::<_, Refusal>((step, ended))
            })
        });
        let (step, ended) = step.await?.split();
        Ended::spread(ended, tenants).await;
        Ok(step)
    }

    /// The everyday case, in one flight: in, with nothing to remark.
    async fn at_once(&self, services: &Services, company: CompanyId) -> Result<Option<SignedIn>, Refusal> {
        let in_at_once = matches!(self.outcome, Outcome::Authenticated);
        if !in_at_once || self.rehashed.is_some() {
            return Ok(None);
        }
        let (user, client, origin) = (&self.user, self.login.client, &self.login.origin);
        let opening = Opening { user, second_factor: false, client, origin };
        let event = Event::new(Kind::LoginSucceeded, origin).with(json!({ "method": "password" }));
        let spent = Spent { second: None, counter: self.counter };
        open_at_once(services, company, &opening, spent, event).await
    }

    /// Whoever changed the account meanwhile was first: then the password was right for an account that is no more.
    async fn open(&self, services: &Services, tx: &TenantTx) -> Result<(LoginStep, Ended), Refusal> {
        let (user, origin) = (&self.user, &self.login.origin);
        let opening = Opening { user, second_factor: false, client: self.login.client, origin };
        let opened = open_session(services, tx, opening).await?.ok_or(Code::InvalidCredentials)?;
        let event = Event::new(Kind::LoginSucceeded, origin).by(user.id).about(Subject::user(user.id));
        tx.record(event.in_session(opened.session).with(json!({ "method": "password" }))).await?;
        Ok((LoginStep::Authenticated(Box::new(opened.signed_in)), opened.ended))
    }
}
