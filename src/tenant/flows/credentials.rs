//! Password and code of a caller who is signed in already: step-up and removal of the second factor ask for both. The
//! counters are those of the sign-in, so a stolen session gains no extra guesses.

use std::sync::Arc;

use secrecy::SecretString;

use super::{
    counters, devices,
    second_factor::{Answer, Proved, record_failure},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        lockout::{Bucket, Debit},
        principal::{Origin, Principal},
    },
    store::{FactorRow, TenantTx, UserRow},
    tenant::Services,
};

/// What the caller typed.
pub(super) struct Credentials {
    pub(super) password: SecretString,
    pub(super) code: Option<SecretString>,
}

/// Credentials that were right when compared; the code is spent by [`Checked::claim`].
pub(super) struct Checked {
    pub(super) user: UserRow,
    code: Option<(Answer, Proved)>,
    password_counter: [u8; 32],
}

/// What the counting transaction saw.
struct Counted {
    user: UserRow,
    password_counter: [u8; 32],
    code_attempt: Option<Debit>,
    factor: Option<FactorRow>,
}

impl Credentials {
    /// Counts, then compares. The code is asked exactly where the account has a second factor.
    pub(super) async fn check(
        self,
        services: &Arc<Services>,
        principal: &Principal,
        origin: &Origin,
    ) -> Result<Arc<Checked>, Refusal> {
        let answer = self.code.map(Answer::Totp);
        let (counted, answer) = count(services, principal, answer, origin.clone()).await?;
        compare_password(services, principal, origin, (self.password, &counted.user)).await?;
        let code = match answer {
            None => None,
            Some(answer) => {
                let proved = answer.compare(services, principal.company, principal.user, counted.factor.as_ref())?;
                let Some(proved) = proved else {
                    let attempt = counted.code_attempt.unwrap_or(Debit::UNCOUNTED);
                    let failed = (principal.user, answer.method(), attempt);
                    record_failure(services, principal.company, Kind::MfaFailed, failed, origin).await?;
                    return Err(Code::InvalidCode.into());
                };
                Some((answer, proved))
            }
        };
        Ok(Arc::new(Checked { user: counted.user, code, password_counter: counted.password_counter }))
    }
}

/// The sign-in's own counter, so that a stolen session gains no extra guesses.
async fn password_counter(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    origin: &Origin,
) -> Result<[u8; 32], Refusal> {
    let device = devices::known(services, tx, Some(user.id), origin).await?;
    Ok(counters::password(services, tx.company_id(), &NormalEmail::parse(&user.email)?, device))
}

/// Counts the tries of both, committed before anything is compared.
async fn count(
    services: &Arc<Services>,
    principal: &Principal,
    answer: Option<Answer>,
    origin: Origin,
) -> Result<(Counted, Option<Answer>), Refusal> {
    let (tools, caller) = (services.clone(), principal.user);
    let counted = services.store.in_tenant(principal.company, move |tx| {
        Box::pin(async move {
            let user = tx.user(caller).await?.ok_or(Code::SessionRevoked)?;
            if user.mfa_enabled && answer.is_none() {
                let message = "This account has a second factor: send its current code.";
                return Err(Refusal::from(FieldError::new("/code", "required", message)));
            }
            let answer = answer.filter(|_| user.mfa_enabled);
            let password_counter = password_counter(&tools, tx, &user, &origin).await?;
            let password_attempt = tx.debit(password_counter, Bucket::Password.limit()).await?;
            let code_attempt = match &answer {
                Some(answer) => Some(answer.debit(&tools, tx, caller).await?),
                None => None,
            };
            let factor = tx.active_factor(caller).await?;
            Ok((password_attempt, Counted { user, password_counter, code_attempt, factor }, answer))
        })
    });
    let (password_attempt, counted, answer) = counted.await?.into_inner();
    for debit in [Some(password_attempt), counted.code_attempt].into_iter().flatten() {
        if let Debit::Exhausted { retry_after } = debit {
            return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
        }
    }
    Ok((counted, answer))
}

/// Compares a password whose try was counted, and records a wrong one.
async fn compare_password(
    services: &Services,
    principal: &Principal,
    origin: &Origin,
    (password, user): (SecretString, &UserRow),
) -> Result<(), Refusal> {
    if services.hasher.verify(password, user.password_hash.clone()).await?.matches {
        return Ok(());
    }
    let event = Event::new(Kind::LoginFailed, origin).by_principal(principal).about(Subject::user(principal.user));
    let event = event.with(serde_json::json!({ "step": "reauthenticate" }));
    services.store.record_alone(principal.company, event).await?;
    Err(Code::InvalidCredentials.into())
}

impl Checked {
    /// Counts, then compares the password alone, for acts that ask for nothing else.
    pub(super) async fn by_password(
        password: SecretString,
        services: &Arc<Services>,
        principal: &Principal,
        origin: &Origin,
    ) -> Result<Arc<Self>, Refusal> {
        let (tools, caller, from) = (services.clone(), principal.user, origin.clone());
        let counted = services.store.in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                let user = tx.user(caller).await?.ok_or(Code::SessionRevoked)?;
                let password_counter = password_counter(&tools, tx, &user, &from).await?;
                let debit = tx.debit(password_counter, Bucket::Password.limit()).await?;
                Ok::<_, Refusal>((debit, Self { user, code: None, password_counter }))
            })
        });
        let (debit, checked) = counted.await?.into_inner();
        if let Debit::Exhausted { retry_after } = debit {
            return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
        }
        compare_password(services, principal, origin, (password, &checked.user)).await?;
        Ok(Arc::new(checked))
    }

    /// Whether a second factor was among them.
    pub(super) fn second_factor(&self) -> bool {
        self.code.is_some()
    }

    /// Spends the code and gives the tries back, in the transaction of the action. `invalid_code` when the code was
    /// spent by somebody else meanwhile.
    pub(super) async fn claim(&self, services: &Services, tx: &TenantTx) -> Result<(), Refusal> {
        if let Some((_, proved)) = &self.code
            && !proved.claim(tx, self.user.id).await?
        {
            return Err(Code::InvalidCode.into());
        }
        // The counters last and in the order in which they were debited: two nodes never wait for each other.
        tx.refund(self.password_counter).await?;
        if let Some((answer, _)) = &self.code {
            answer.refund(services, tx, self.user.id).await?;
        }
        Ok(())
    }

    /// Records a replay when the action failed because the code had been spent.
    pub(super) async fn settle<T>(
        &self,
        services: &Services,
        principal: &Principal,
        origin: &Origin,
        outcome: Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        if let (Err(refusal), Some((answer, proved))) = (&outcome, &self.code)
            && refusal.code == Code::InvalidCode
        {
            let failed = (principal.user, answer.method(), Debit::UNCOUNTED);
            record_failure(services, principal.company, proved.lost_claim(), failed, origin).await?;
        }
        outcome
    }
}
