//! The second step of a sign-in: a TOTP code or a backup code.
//!
//! Two transactions. The first counts the try on the challenge and on the account, and commits. The second claims
//! session, challenge and code together: all of them or nothing. Each is one flight to the database, but where something
//! about the second is unusual.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    after_failures::{self, Secret},
    at_once::{Spent, open_at_once},
    counters, letters,
    opening::{Opened, Opening, open_session},
    revoke::Ended,
    second_factor::{Answer, Proved, record_failure},
    views::{Client, SignedIn},
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::UserId,
        lockout::Debit,
        one_time::{OneTimeToken, Purpose},
        principal::Origin,
    },
    store::{CountedStep, FactorRow, SecondStep, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Answer the second factor of a sign-in.
#[derive(Debug)]
pub struct AnswerFactor {
    /// From the first step.
    pub mfa_token: SecretString,
    /// The code.
    pub answer: Answer,
    /// How the tokens are taken.
    pub client: Client,
    /// From where.
    pub origin: Origin,
}

/// What the counting transaction found.
struct Counted {
    attempt: Debit,
    user: UserRow,
    factor: Option<FactorRow>,
}

impl AnswerFactor {
    fn token(&self) -> Result<OneTimeToken, Refusal> {
        let token = OneTimeToken::parse(self.mfa_token.expose_secret(), Purpose::MfaChallenge);
        Ok(token.ok_or(Code::ChallengeExpired)?)
    }
}

impl Command for AnswerFactor {
    type Output = SignedIn;
    const NAME: &'static str = "answer_factor";
    const BY_TOKEN: bool = true;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let token = self.token()?;
        Ok(Place::account(token.company, UserId(token.holder)))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<SignedIn, Refusal> {
        let (services, token) = (tenants.services().clone(), self.token()?);
        let user = UserId(token.holder);
        let AnswerFactor { answer, client, origin, .. } = self;
        let answer = std::sync::Arc::new(answer);
        let method = answer.method();
        let counted = count(&services, place, &token, &answer).await?;
        let proved = answer.compare(&services, place.company, user, counted.factor.as_ref())?;
        let Some(proved) = proved else {
            record_failure(&services, place.company, Kind::MfaFailed, (user, method, counted.attempt), &origin).await?;
            return Err(Code::InvalidCode.into());
        };
        let finish =
            Finish { token, user: counted.user, proved: proved.clone(), answer, client, origin: origin.clone() };
        match finish.commit(&tenants, place).await {
            Err(refusal) if refusal.code == Code::InvalidCode => {
                record_failure(&services, place.company, proved.lost_claim(), (user, method, counted.attempt), &origin)
                    .await?;
                Err(refusal)
            }
            outcome => outcome,
        }
    }
}

/// Counts the try, first on the challenge, then on the account. Committed before anything is compared.
async fn count(services: &Services, place: Place, token: &OneTimeToken, answer: &Answer) -> Result<Counted, Refusal> {
    let (user, bucket) = (UserId(token.holder), answer.bucket());
    let counter = counters::account(services, bucket, place.company, user);
    let step = SecondStep { challenge: token.hash(), user, counter, limit: bucket.limit() };
    match services.store.count_second_step(place.company, step).await? {
        CountedStep::Granted { attempt, user, factor } => Ok(Counted { attempt, user: *user, factor }),
        CountedStep::Exhausted(None) => Err(Code::TooManyAttempts.into()),
        CountedStep::Exhausted(Some(wait)) => Err(Refusal::from(Code::TooManyAttempts).after(wait)),
        CountedStep::Gone => Err(Code::ChallengeExpired.into()),
    }
}

/// Everything the claiming transaction needs.
struct Finish {
    token: OneTimeToken,
    user: UserRow,
    proved: Proved,
    answer: std::sync::Arc<Answer>,
    client: Client,
    origin: Origin,
}

impl Finish {
    /// Session, challenge, code, event and mail: one transaction.
    async fn commit(self, tenants: &Tenants, place: Place) -> Result<SignedIn, Refusal> {
        if let Some(signed_in) = self.at_once(tenants.services(), place).await? {
            return Ok(signed_in);
        }
        self.the_long_way(tenants, place).await
    }

    /// The everyday case: an authenticator's code. A backup code is told by mail and goes the long way.
    async fn at_once(&self, services: &Services, place: Place) -> Result<Option<SignedIn>, Refusal> {
        let Proved::Totp { factor, step } = self.proved else { return Ok(None) };
        let (user, client, origin) = (&self.user, self.client, &self.origin);
        let opening = Opening { user, second_factor: true, client, origin };
        let counter = counters::account(services, self.answer.bucket(), place.company, user.id);
        let spent = Spent { second: Some((self.token.hash(), factor, step)), counter };
        let event = Event::new(Kind::LoginSucceeded, origin).with(json!({ "method": self.answer.method() }));
        open_at_once(services, place.company, &opening, spent, event).await
    }

    async fn the_long_way(self, tenants: &Tenants, place: Place) -> Result<SignedIn, Refusal> {
        let services = tenants.services();
        let tools = services.clone();
        let done = services.store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let (user, client, origin) = (&self.user, self.client, &self.origin);
                let opening = Opening { user, second_factor: true, client, origin };
                let opened = open_session(&tools, tx, opening).await?.ok_or(Code::ChallengeExpired)?;
                let challenge = tx.claim_use(&self.token.hash(), Purpose::MfaChallenge).await?;
                challenge.ok_or(Code::ChallengeExpired)?;
                if !self.proved.claim(tx, self.user.id).await? {
                    return Err(Refusal::from(Code::InvalidCode));
                }
                let tries = self.answer.refund(&tools, tx, self.user.id).await?;
                after_failures::note(&tools, tx, (user, origin), Secret::SecondFactor, tries).await?;
                self.record(&tools, tx, &opened).await?;
                Ok::<_, Refusal>((opened.signed_in, opened.ended))
            })
        });
        let (signed_in, ended) = done.await?.split();
        Ended::spread(ended, tenants).await;
        Ok(signed_in)
    }

    async fn record(&self, services: &Services, tx: &TenantTx, opened: &Opened) -> Result<(), Refusal> {
        let by = |kind| Event::new(kind, &self.origin).by(self.user.id).about(Subject::user(self.user.id));
        let event = by(Kind::LoginSucceeded).in_session(opened.session);
        tx.record(event.with(json!({ "method": self.answer.method() }))).await?;
        if matches!(self.proved, Proved::BackupCode { .. }) {
            let codes = tx.backup_codes(self.user.id).await?;
            let remaining = codes.iter().filter(|code| code.used_at.is_none()).count();
            let event = by(Kind::BackupCodeUsed).in_session(opened.session);
            tx.record(event.with(json!({ "remaining": remaining }))).await?;
            letters::backup_code_used(services, tx, &self.user, &self.origin, remaining).await?;
        }
        Ok(())
    }
}
