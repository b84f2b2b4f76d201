//! Comparing a second factor: counted first, compared then, spent by a claim. Sign-in, enrollment, step-up and removal
//! all come through here, so they share the counters and none can be asked around the limit.

use secrecy::{ExposeSecret, SecretString};

use super::counters;
use crate::{
    crypto::{
        seal::{Aad, Sealed},
        totp::TotpSecret,
    },
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        factor::backup_code::BackupCode,
        ids::{CompanyId, FactorId, UserId},
        lockout::{Bucket, Debit, Stop},
        principal::Origin,
    },
    store::{FactorRow, TenantTx},
    tenant::Services,
};

/// What a person answers with.
#[derive(Debug)]
pub enum Answer {
    /// Six digits from the authenticator.
    Totp(SecretString),
    /// One of the backup codes.
    BackupCode(SecretString),
}

/// An answer that was right when compared. It counts only once [`Proved::claim`] has spent it.
#[derive(Clone, Debug)]
pub(super) enum Proved {
    Totp { factor: FactorId, step: i64 },
    BackupCode { digest: [u8; 32] },
}

/// The purpose in the associated data of sealed TOTP secrets.
pub const TOTP_SECRET: &str = "totp_secret";

impl Answer {
    /// `totp` or `backup_code`, as events name it.
    pub(super) fn method(&self) -> &'static str {
        match self {
            Self::Totp(_) => "totp",
            Self::BackupCode(_) => "backup_code",
        }
    }

    pub(super) fn bucket(&self) -> Bucket {
        match self {
            Self::Totp(_) => Bucket::Totp,
            Self::BackupCode(_) => Bucket::BackupCode,
        }
    }

    /// Counts this try against the account, in the caller's transaction, which must commit whatever comes after.
    pub(super) async fn debit(&self, services: &Services, tx: &TenantTx, user: UserId) -> Result<Debit, Refusal> {
        let counter = counters::account(services, self.bucket(), tx.company_id(), user);
        Ok(tx.debit(counter, self.bucket().limit()).await?)
    }

    /// Gives the tries back after a success, in the transaction of the success, and says how many those were.
    /// A backup code gives back the authenticator's too: else nobody could set a new one up after its hard stop.
    pub(super) async fn refund(&self, services: &Services, tx: &TenantTx, user: UserId) -> Result<u32, Refusal> {
        let buckets: &[Bucket] = match self {
            Self::Totp(_) => &[Bucket::Totp],
            Self::BackupCode(_) => &[Bucket::Totp, Bucket::BackupCode],
        };
        let mut tries = 0;
        for bucket in buckets {
            tries += tx.refund(counters::account(services, *bucket, tx.company_id(), user)).await?;
        }
        Ok(tries)
    }

    /// Compares, without spending anything. `None` for a wrong TOTP code; a backup code is compared by its claim.
    pub(super) fn compare(
        &self,
        services: &Services,
        company: CompanyId,
        user: UserId,
        factor: Option<&FactorRow>,
    ) -> Result<Option<Proved>, Refusal> {
        match self {
            Self::Totp(code) => {
                let Some(factor) = factor else { return Ok(None) };
                let step = matching_step(services, company, user, factor, code.expose_secret())?;
                Ok(step.map(|step| Proved::Totp { factor: factor.id, step }))
            }
            Self::BackupCode(code) => Ok(BackupCode::parse(code.expose_secret())
                .map(|code| Proved::BackupCode { digest: backup_digest(services, company, user, &code) })),
        }
    }
}

/// The digest a backup code is found by: keyed, and bound to company and user.
pub(super) fn backup_digest(services: &Services, company: CompanyId, user: UserId, code: &BackupCode) -> [u8; 32] {
    services.pepper.digest("backup_code", &[company.0.as_bytes(), user.0.as_bytes(), code.expose().as_bytes()])
}

/// The time step a code belongs to, if it is one of the three acceptable ones.
pub(super) fn matching_step(
    services: &Services,
    company: CompanyId,
    user: UserId,
    factor: &FactorRow,
    code: &str,
) -> Result<Option<i64>, Refusal> {
    let aad = Aad { company, holder: user.0, purpose: TOTP_SECRET };
    let secret = services
        .sealer
        .open(&aad, &Sealed { key_id: factor.key_id.clone(), bytes: factor.sealed.clone() })
        .map_err(|error| {
            tracing::error!(%company, factor = %factor.id, %error, "a TOTP secret cannot be opened");
            Refusal::from(Code::Internal)
        })?;
    let secret = TotpSecret::from_bytes(&secret).ok_or(Code::Internal)?;
    Ok(secret.matching_step(code, services.world.now().unix_timestamp()))
}

impl Proved {
    /// Spends the answer. `false`: somebody spent it before, or (a backup code) it never existed.
    pub(super) async fn claim(&self, tx: &TenantTx, user: UserId) -> Result<bool, Refusal> {
        Ok(match self {
            Self::Totp { factor, step } => tx.claim_step(*factor, *step).await?,
            Self::BackupCode { digest } => tx.claim_backup_code(user, digest).await?,
        })
    }

    /// What a lost claim means: a TOTP code that was right but spent is a replay; a backup code is just wrong.
    pub(super) fn lost_claim(&self) -> Kind {
        match self {
            Self::Totp { .. } => Kind::MfaCodeReplayed,
            Self::BackupCode { .. } => Kind::MfaFailed,
        }
    }
}

/// Records a wrong or replayed answer. The one that spends the last try of the window says that the factor is locked, the
/// hundredth in a row that it stays so until an Admin or the operator resets it; later tries are not recorded.
pub(super) async fn record_failure(
    services: &Services,
    company: CompanyId,
    kind: Kind,
    (user, method, attempt): (UserId, &'static str, Debit),
    origin: &Origin,
) -> Result<(), Refusal> {
    let stop = Bucket::Totp.limit().after_failure(attempt);
    let kind = if stop == Stop::No { kind } else { Kind::MfaLocked };
    let event = Event::new(kind, origin).by_anonymous().about(Subject::user(user));
    let event = event.with(match stop {
        Stop::ForGood => serde_json::json!({ "method": method, "until": "reset" }),
        _ => serde_json::json!({ "method": method }),
    });
    Ok(services.store.record_alone(company, event).await?)
}
