//! What the live desk reads: counts over the audit log and who is signed in. Every question is answered from an index.

use sea_orm::{FromQueryResult, QueryResult};
use time::{Duration, OffsetDateTime};
use voxgate_entity::sessions;

use super::{SessionRow, StoreError, TenantTx, row};
use crate::domain::{event::Kind, ids::UserId, principal::Role};

/// Somebody who is signed in, with all their live sessions.
#[derive(Clone, Debug)]
pub struct SignedInPerson {
    /// Their account.
    pub id: UserId,
    /// Name for people.
    pub full_name: String,
    /// The address as typed.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// Whether they have a second factor.
    pub mfa_enabled: bool,
    /// Newest first.
    pub sessions: Vec<SessionRow>,
}

/// Numbers of people and sessions at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crowd {
    /// Live sessions.
    pub sessions: i64,
    /// People who have one.
    pub people: i64,
    /// Active accounts with a second factor.
    pub enrolled: i64,
    /// Active accounts.
    pub accounts: i64,
}

/// An address failures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingAddress {
    /// The address.
    pub ip: String,
    /// How many failures.
    pub failures: i64,
    /// On how many accounts.
    pub accounts: i64,
}

/// An account failures are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailingAccount {
    /// Which; unknown where an event names none.
    pub user: Option<UserId>,
    /// Its address and name, as long as it exists.
    pub person: Option<(String, String)>,
    /// How many failures.
    pub failures: i64,
    /// From how many addresses.
    pub sources: i64,
}

const CROWD: &str = "
    SELECT s.sessions, s.people, u.enrolled, u.accounts FROM
      (SELECT count(*) AS sessions, count(DISTINCT user_id) AS people FROM sessions
       WHERE company_id = $1 AND revoked_at IS NULL AND expires_at > now()) s,
      (SELECT count(*) FILTER (WHERE mfa_enabled) AS enrolled, count(*) AS accounts FROM users
       WHERE company_id = $1 AND status = 'active') u";

impl TenantTx {
    /// How many events of each of these kinds fell into each bucket since then, up to number `head`: when a bucket
    /// begins, what, how often. Buckets without any are left out.
    pub async fn count_by_bucket(
        &self,
        kinds: &[Kind],
        (since, bucket): (OffsetDateTime, Duration),
        head: i64,
    ) -> Result<Vec<(OffsetDateTime, Kind, i64)>, StoreError> {
        let sql = "SELECT date_bin(make_interval(secs => $4), at, 'epoch'), kind, count(*) FROM audit_logs
                   WHERE company_id = $1 AND kind = ANY ($2) AND at >= $3 AND seq <= $5 GROUP BY 1, 2";
        let seconds = bucket.as_seconds_f64();
        let values = [self.company.0.into(), names(kinds).into(), since.into(), seconds.into(), head.into()];
        let rows = self.unit.rows(sql, values).await?;
        rows.iter().map(|row| Ok((row.try_get_by_index(0)?, kind(row, 1)?, row.try_get_by_index(2)?))).collect()
    }

    /// How many events of each of these kinds there were from one time until before another.
    pub async fn count_between(
        &self,
        kinds: &[Kind],
        from: OffsetDateTime,
        until: OffsetDateTime,
    ) -> Result<Vec<(Kind, i64)>, StoreError> {
        let sql = "SELECT kind, count(*) FROM audit_logs
                   WHERE company_id = $1 AND kind = ANY ($2) AND at >= $3 AND at < $4 GROUP BY 1";
        let values = [self.company.0.into(), names(kinds).into(), from.into(), until.into()];
        let rows = self.unit.rows(sql, values).await?;
        rows.iter().map(|row| Ok((kind(row, 0)?, row.try_get_by_index(1)?))).collect()
    }

    /// When the oldest event of the log happened.
    pub async fn log_begins(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        let row =
            self.unit.row("SELECT min(at) FROM audit_logs WHERE company_id = $1", [self.company.0.into()]).await?;
        Ok(row.map(|row| row.try_get_by_index(0)).transpose()?.flatten())
    }

    /// The addresses most events of these kinds came from since then.
    pub async fn top_addresses(
        &self,
        kinds: &[Kind],
        since: OffsetDateTime,
        limit: u64,
    ) -> Result<Vec<FailingAddress>, StoreError> {
        let sql = "SELECT ip, count(*), count(DISTINCT subject_id) FROM audit_logs
                   WHERE company_id = $1 AND kind = ANY ($2) AND at >= $3 AND ip IS NOT NULL
                   GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $4";
        let rows = self.unit.rows(sql, self.since(kinds, since, limit)).await?;
        let read = |row: &QueryResult| {
            let (ip, failures, accounts) = row.try_get_many_by_index()?;
            Ok(FailingAddress { ip, failures, accounts })
        };
        rows.iter().map(read).collect()
    }

    /// The accounts most events of these kinds were about since then.
    pub async fn top_accounts(
        &self,
        kinds: &[Kind],
        since: OffsetDateTime,
        limit: u64,
    ) -> Result<Vec<FailingAccount>, StoreError> {
        let sql = "SELECT t.subject_id, u.email, u.full_name, t.failures, t.sources FROM (
                     SELECT subject_id, count(*) AS failures, count(DISTINCT ip) AS sources FROM audit_logs
                     WHERE company_id = $1 AND kind = ANY ($2) AND at >= $3
                     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $4) t
                   LEFT JOIN users u ON u.company_id = $1 AND u.id = t.subject_id
                   ORDER BY t.failures DESC, t.subject_id";
        let rows = self.unit.rows(sql, self.since(kinds, since, limit)).await?;
        let read = |row: &QueryResult| {
            let (user, email, name, failures, sources): (Option<uuid::Uuid>, Option<_>, Option<_>, _, _) =
                row.try_get_many_by_index()?;
            Ok(FailingAccount { user: user.map(UserId), person: email.zip(name), failures, sources })
        };
        rows.iter().map(read).collect()
    }

    /// How many are signed in, and how many have a second factor.
    pub async fn crowd(&self) -> Result<Crowd, StoreError> {
        let row = self.unit.row(CROWD, [self.company.0.into()]).await?;
        let row = row.ok_or_else(|| StoreError::Internal("a count answered nothing".into()))?;
        let (sessions, people, enrolled, accounts) = row.try_get_many_by_index()?;
        Ok(Crowd { sessions, people, enrolled, accounts })
    }

    /// Everybody who is signed in, by name, with the live sessions that were used last; at most `limit` sessions.
    pub async fn signed_in_people(&self, limit: u64) -> Result<Vec<SignedInPerson>, StoreError> {
        let sql = format!(
            "SELECT {}, u.full_name, u.email, u.role, u.mfa_enabled FROM (
               SELECT * FROM sessions WHERE company_id = $1 AND revoked_at IS NULL AND expires_at > now()
               ORDER BY last_seen_at DESC, id LIMIT $2) s
             JOIN users u ON u.company_id = $1 AND u.id = s.user_id
             ORDER BY lower(u.full_name), u.id, s.created_at DESC",
            row::columns::<sessions::Entity>("s", "s_")
        );
        let rows = self.unit.rows(&sql, [self.company.0.into(), signed(limit).into()]).await?;
        let mut people: Vec<SignedInPerson> = Vec::new();
        for row in &rows {
            let session = SessionRow::from(sessions::Model::from_query_result(row, "s_")?);
            match people.last_mut().filter(|person| person.id == session.user) {
                Some(person) => person.sessions.push(session),
                None => people.push(person(row, session)?),
            }
        }
        Ok(people)
    }

    fn since(&self, kinds: &[Kind], since: OffsetDateTime, limit: u64) -> [sea_orm::Value; 4] {
        [self.company.0.into(), names(kinds).into(), since.into(), signed(limit).into()]
    }
}

fn person(row: &QueryResult, session: SessionRow) -> Result<SignedInPerson, StoreError> {
    let role: String = row.try_get("", "role")?;
    Ok(SignedInPerson {
        id: session.user,
        full_name: row.try_get("", "full_name")?,
        email: row.try_get("", "email")?,
        role: row::role(&role, "users", session.user)?,
        mfa_enabled: row.try_get("", "mfa_enabled")?,
        sessions: vec![session],
    })
}

fn names(kinds: &[Kind]) -> Vec<String> {
    kinds.iter().map(|kind| kind.as_str().to_owned()).collect()
}

fn signed(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn kind(row: &QueryResult, index: usize) -> Result<Kind, StoreError> {
    let name: String = row.try_get_by_index(index)?;
    Kind::parse(&name).ok_or_else(|| row::bad("audit_logs", &name, format!("unknown kind `{name}`")))
}
