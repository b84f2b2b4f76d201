//! The first step of a sign-in: address and password.
//!
//! Unknown, wrong, deactivated and locked take the same way: one transaction that counts and looks, one run of the
//! hashing pool, one transaction that records. Only the last transaction of a success differs.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::json;

use super::{
    counters,
    opening::{Opening, open_session},
    views::{Client, SignedIn},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        factor::Method,
        ids::CompanyId,
        lockout::{self, Bucket, Debit},
        login::{Account, Counted, Outcome, Why},
        one_time::{OneTimeToken, Purpose},
        principal::Origin,
    },
    store::{NewOneTime, TenantTx, UserRow},
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

/// How a sign-in goes on.
#[derive(Debug)]
pub enum LoginStep {
    /// In.
    Authenticated(Box<SignedIn>),
    /// A second factor is asked.
    MfaRequired {
        /// Names this sign-in in the next step.
        mfa_token: SecretString,
        /// What can be answered: `totp`, `backup_code`.
        methods: Vec<&'static str>,
        /// How long the sign-in waits.
        expires_in_seconds: u64,
    },
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
        let counter = counters::password(&services, place.company, &email);
        let (attempt, user) = look(&services, place.company, counter, &email).await?;
        let stored = user.as_ref().and_then(|user| user.password_hash.clone());
        let verdict = services.hasher.verify(self.password.clone(), stored).await?;
        let outcome = Counted::new(attempt).verified(user.as_ref().map(facts), verdict.matches);
        match (outcome, user) {
            (Outcome::Refused(why), user) => refuse(&services, place.company, (attempt, why), user, self.origin).await,
            (_, None) => Err(Code::InvalidCredentials.into()),
            (outcome, Some(user)) => {
                let rehashed = match verdict.outdated {
                    true => Some(SecretString::from(services.hasher.hash(self.password.clone()).await?)),
                    false => None,
                };
                let accepted = Accepted { login: self, user, counter, rehashed, outcome };
                accepted.commit(&services, place.company).await
            }
        }
    }
}

/// What the sign-in's rule asks of an account. Companies that are switched off are not found in the first place.
fn facts(user: &UserRow) -> Account {
    Account {
        active: user.active,
        company_active: true,
        has_password: user.password_hash.is_some(),
        mfa_enabled: user.mfa_enabled,
    }
}

/// Counts the attempt and finds the account, both before anything is compared.
async fn look(
    services: &Services,
    company: CompanyId,
    counter: [u8; 32],
    email: &NormalEmail,
) -> Result<(Debit, Option<UserRow>), Refusal> {
    let email = email.clone();
    let seen = services.store.in_tenant(company, move |tx| {
        Box::pin(async move {
            let attempt = tx.debit(counter, Bucket::Password.limit()).await?;
            Ok::<_, Refusal>((attempt, tx.user_by_email(email.as_str()).await?))
        })
    });
    Ok(seen.await?.into_inner())
}

/// Records the failure and says what every failure says.
async fn refuse(
    services: &Services,
    company: CompanyId,
    (attempt, why): (Debit, Why),
    user: Option<UserRow>,
    origin: Origin,
) -> Result<LoginStep, Refusal> {
    let limit = Bucket::Password.limit().tries;
    let kind = if attempt == (Debit::Granted { tries: limit }) { Kind::LoginLocked } else { Kind::LoginFailed };
    let mut event = Event::new(kind, &origin).by_anonymous().with(json!({ "reason": why.as_str() }));
    if let Some(user) = &user {
        event = event.about(Subject::user(user.id));
    }
    services.store.record_alone(company, event).await?;
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
    async fn commit(self, services: &Arc<Services>, company: CompanyId) -> Result<LoginStep, Refusal> {
        let tools = services.clone();
        let step = services.store.in_tenant(company, move |tx| {
            Box::pin(async move {
                let step = match self.outcome {
                    Outcome::MfaRequired { methods } => challenge(&tools, tx, &self.user, methods).await?,
                    _ => self.open(&tools, tx).await?,
                };
                if let Some(hash) = self.rehashed {
                    // If the password was changed meanwhile, the newer one stays.
                    tx.renew_password_hash(self.user.id, self.user.credential_version, &hash).await?;
                }
                tx.refund(self.counter).await?;
                Ok::<_, Refusal>(step)
            })
        });
        Ok(step.await?.into_inner())
    }

    /// Whoever changed the account meanwhile was first: then the password was right for an account that is no more.
    async fn open(&self, services: &Services, tx: &TenantTx) -> Result<LoginStep, Refusal> {
        let (user, origin) = (&self.user, &self.login.origin);
        let opening = Opening { user, second_factor: false, client: self.login.client, origin };
        let opened = open_session(services, tx, opening).await?.ok_or(Code::InvalidCredentials)?;
        let event = Event::new(Kind::LoginSucceeded, origin).by(user.id).about(Subject::user(user.id));
        tx.record(event.in_session(opened.session).with(json!({ "method": "password" }))).await?;
        Ok(LoginStep::Authenticated(Box::new(opened.signed_in)))
    }
}

/// Opens the second step: a token that works once, within five tries and five minutes.
async fn challenge(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    methods: &[Method],
) -> Result<LoginStep, Refusal> {
    let token = OneTimeToken::new(&services.world, Purpose::MfaChallenge, tx.company_id(), user.id.0);
    tx.issue(&NewOneTime {
        purpose: token.purpose,
        holder: token.holder,
        hash: token.hash(),
        user: Some(user.id),
        credential_version: Some(user.credential_version),
        session: None,
        max_tries: lockout::CHALLENGE_TRIES,
        expires_in: lockout::CHALLENGE_LIFETIME,
    })
    .await?;
    Ok(LoginStep::MfaRequired {
        mfa_token: SecretString::from(token.expose()),
        methods: methods.iter().map(|method| method.as_str()).collect(),
        expires_in_seconds: lockout::CHALLENGE_LIFETIME.as_secs(),
    })
}
