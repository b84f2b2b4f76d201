//! What happens every second, in one round trip and one commit each: functions of the database (`migration/src/flights.rs`)
//! that set the company themselves and run with the rights of the app role.
//!
//! A function that finds anything unusual answers nothing and has written nothing; the caller then goes the long way
//! through [`Store::in_tenant`], whose rules decide. So each function is a shorter way to one outcome, never to another.

use std::{sync::LazyLock, time::Duration};

use sea_orm::{FromQueryResult, QueryResult, Value};
use voxgate_entity::{companies, factors, refresh_tokens, sessions, users};

use super::{
    FactorRow, NewSession, RefreshFamily, StartedSession, Store, StoreError, UserRow, refresh, row, sessions as opened,
    unit,
};
use crate::domain::{
    event::Event,
    ids::{CompanyId, FactorId, UserId},
    lockout::{Debit, Limit, SUSPICIOUS_FAILURES},
    one_time::Purpose,
    session::MANY,
};

static RENEW: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT f.moment, {}, {}, {}, {} FROM renew_session($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) f",
        row::columns::<refresh_tokens::Entity>("(f.token)", "r_"),
        row::columns::<sessions::Entity>("(f.session)", "s_"),
        row::columns::<users::Entity>("(f.account)", "u_"),
        row::columns::<companies::Entity>("(f.firm)", "c_"),
    )
});

static COUNT: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT f.outcome, f.tries, f.consecutive, f.retry_after, {}, {}
         FROM count_second_step($1, $2, $3, $4, $5, $6, $7, $8) f",
        row::columns::<users::Entity>("(f.account)", "u_"),
        row::columns::<factors::Entity>("(f.factor)", "f_"),
    )
});

const OPEN: &str = "SELECT created_at, expires_at, auth_epoch, company_epoch, role, idle, at_most FROM open_session(
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25)";

/// An answer to a second step, to be counted before it is compared.
#[derive(Clone, Copy, Debug)]
pub struct SecondStep {
    /// Hash of the challenge.
    pub challenge: [u8; 32],
    /// The account.
    pub user: UserId,
    /// The account's counter of this kind of answer.
    pub counter: [u8; 32],
    /// What the counter allows.
    pub limit: Limit,
}

/// What the counting of a second step found.
#[derive(Clone, Debug)]
pub enum CountedStep {
    /// It may be compared.
    Granted {
        /// The account's counter.
        attempt: Debit,
        /// The account.
        user: Box<UserRow>,
        /// Its active factor.
        factor: Option<FactorRow>,
    },
    /// The challenge or the account has no tries left; how long until it has, if that is known.
    Exhausted(Option<Duration>),
    /// The challenge is unknown, used, expired, or of an account that has changed since.
    Gone,
}

/// A session to be opened together with all that belongs to a sign-in.
#[derive(Clone, Debug)]
pub struct AtOnce {
    /// The session.
    pub session: NewSession,
    /// Hash of its refresh token.
    pub refresh: [u8; 32],
    /// Life of that token, if company and session allow as much.
    pub refresh_lifetime: Duration,
    /// The mark of the device, if the client has one.
    pub device: Option<[u8; 32]>,
    /// The mark of its network, if the client has an address.
    pub network: Option<[u8; 32]>,
    /// Challenge, factor and time step to be spent, where there was a second step.
    pub second: Option<([u8; 32], FactorId, i64)>,
    /// The counter whose tries are given back.
    pub counter: [u8; 32],
}

impl Store {
    /// Exchanges a refresh token nobody has used, of a family that is alive, and records `event` about its session.
    ///
    /// Guarantees: exactly where the rule in `domain::refresh` says `Rotate`, and a session without a second factor is
    /// not of a company that demands one; once for each token, whoever asks how often on any nodes. Nothing: the long way.
    pub async fn renew_session(
        &self,
        company: CompanyId,
        (presented, successor): (&[u8; 32], &[u8; 32]),
        lifetime: Duration,
        event: &Event,
    ) -> Result<Option<RefreshFamily>, StoreError> {
        let mut values = vec![
            company.0.into(),
            presented.to_vec().into(),
            successor.to_vec().into(),
            lifetime.as_secs_f64().into(),
            event.kind.as_str().into(),
            event.severity.as_str().into(),
            event.origin.ip.clone().into(),
        ];
        values.extend([
            event.origin.user_agent.clone().into(),
            event.origin.request_id.map(|id| id.0).into(),
            event.data.clone().into(),
        ]);
        // Done twice it answers nothing the second time, and the long way hands out the same successor again.
        let row = self.flight(&RENEW, values, Again::May).await?;
        let family = row.map(|row| refresh::family(&row, None)).transpose()?;
        if family.is_some() {
            self.recorded.notify_one();
        }
        Ok(family)
    }

    /// Counts an answer to a second step, on its challenge and on its account, committed before it answers.
    /// Guarantees: never more answers are granted than challenge and counter allow, whoever asks how often at once.
    pub async fn count_second_step(&self, company: CompanyId, step: SecondStep) -> Result<CountedStep, StoreError> {
        let SecondStep { challenge, user, counter, limit } = step;
        let values = vec![
            company.0.into(),
            challenge.to_vec().into(),
            Purpose::MfaChallenge.as_str().into(),
            user.0.into(),
            counter.to_vec().into(),
            whole(limit.tries),
            limit.window.as_secs_f64().into(),
            limit.hard_stop.map_or(i32::MAX.into(), whole),
        ];
        // Counted twice errs on the side of caution.
        let row = self.flight(&COUNT, values, Again::May).await?;
        row.map_or(Ok(CountedStep::Gone), |row| counted(&row, limit.window))
    }

    /// Opens a session if everything is as it is every day: what [`TenantTx::start_session`](super::TenantTx::start_session)
    /// demands, a device and a network that are known, room for one more session and fewer than [`MANY`], few failures before, and challenge,
    /// factor and step unspent. They are spent,
    /// the counter's tries given back and `event` recorded with it. Nothing: the long way.
    pub async fn open_session(
        &self,
        company: CompanyId,
        new: &AtOnce,
        event: &Event,
    ) -> Result<Option<StartedSession>, StoreError> {
        let session = &new.session;
        let (challenge, factor, step) = match new.second {
            Some((challenge, factor, step)) => (Some(challenge.to_vec()), Some(factor.0), Some(step)),
            None => (None, None, None),
        };
        let mut values = session.values(company);
        values.extend([
            new.refresh.to_vec().into(),
            new.refresh_lifetime.as_secs_f64().into(),
            new.device.map(|mark| mark.to_vec()).into(),
            new.network.map(|mark| mark.to_vec()).into(),
            challenge.into(),
            Purpose::MfaChallenge.as_str().into(),
            factor.into(),
            step.into(),
            new.counter.to_vec().into(),
            event.kind.as_str().into(),
            event.severity.as_str().into(),
            event.origin.request_id.map(|id| id.0).into(),
            event.data.clone().into(),
            whole(MANY),
            whole(SUSPICIOUS_FAILURES),
        ]);
        let row = self.flight(OPEN, values, Again::Never).await?;
        let started = row.map(|row| opened::started(&row, session.user)).transpose()?;
        if started.is_some() {
            self.recorded.notify_one();
        }
        Ok(started)
    }

    async fn flight(&self, sql: &str, values: Vec<Value>, again: Again) -> Result<Option<QueryResult>, StoreError> {
        let (pool, statement) = (self.app.clone(), unit::statement(sql, values));
        self.detached(async move {
            match again {
                Again::May => pool.once(&statement).await,
                Again::Never => Ok(pool.only_once(&statement).await?),
            }
        })
        .await
    }
}

/// Whether a statement may be sent again when its connection turns out to be dead.
enum Again {
    May,
    Never,
}

fn whole(number: u32) -> Value {
    i32::try_from(number).unwrap_or(i32::MAX).into()
}

fn counted(row: &QueryResult, window: Duration) -> Result<CountedStep, StoreError> {
    let outcome: String = row.try_get("", "outcome")?;
    match outcome.as_str() {
        "granted" => {
            let (tries, consecutive): (i32, i32) = (row.try_get("", "tries")?, row.try_get("", "consecutive")?);
            let attempt = Debit::Granted { tries: tries.unsigned_abs(), consecutive: consecutive.unsigned_abs() };
            let user = Box::new(users::Model::from_query_result(row, "u_")?.try_into()?);
            let factor = factors::Model::from_query_result_optional(row, "f_")?.map(Into::into);
            Ok(CountedStep::Granted { attempt, user, factor })
        }
        "exhausted" => {
            let rest: Option<f64> = row.try_get("", "retry_after")?;
            let most = window.as_secs_f64().max(1.0);
            Ok(CountedStep::Exhausted(rest.map(|rest| Duration::from_secs_f64(rest.clamp(1.0, most)))))
        }
        _ => Ok(CountedStep::Gone),
    }
}
