//! The ten invariants, asked when everything is whole again: of the database, and of what people were told.
//!
//! I4, I6, I8 and I9 are also watched while the run goes on; what was seen then stands in the record.

use std::time::{Duration, Instant};

use sqlx::{PgConnection, Postgres, Row};

use crate::{
    failure::Failure,
    record::{Acknowledged, Seen},
    site::Site,
};

/// How long what was acknowledged may need to reach the audit log.
const NUMBERED: Duration = Duration::from_secs(30);

/// Counts of the database that must be zero, each with the promise it would break.
const NONE_OF: &[(&str, &str)] = &[
    (
        "I2: a refresh token with two successors",
        "SELECT count(*) FROM (SELECT 1 FROM refresh_tokens WHERE parent_id IS NOT NULL GROUP BY company_id, parent_id HAVING count(*) > 1) x",
    ),
    (
        "I3: a live family with two live leaves",
        "SELECT count(*) FROM (SELECT 1 FROM refresh_tokens r JOIN sessions s ON s.company_id = r.company_id AND s.id = r.session_id WHERE s.revoked_at IS NULL AND r.used_at IS NULL AND r.expires_at > now() GROUP BY s.id HAVING count(*) > 1) x",
    ),
    (
        "I5: companies without exactly one line of their registration",
        "SELECT count(*) FROM companies c WHERE (SELECT count(*) FROM audit_logs a WHERE a.company_id = c.id AND a.kind = 'company.registered') <> 1 AND EXISTS (SELECT 1 FROM users u WHERE u.company_id = c.id)",
    ),
    (
        "I5: lines of registrations without their company",
        "SELECT count(*) FROM audit_logs a WHERE kind = 'company.registered' AND NOT EXISTS (SELECT 1 FROM companies c WHERE c.id = a.company_id)",
    ),
    (
        "I5: invitations and their lines differ",
        "SELECT count(*) FROM companies c WHERE (SELECT count(*) FROM invitations i WHERE i.company_id = c.id) <> (SELECT count(*) FROM audit_logs a WHERE a.company_id = c.id AND kind = 'user.invited')",
    ),
    (
        "I5: people who joined and their lines differ",
        "SELECT count(*) FROM companies c WHERE (SELECT count(*) FROM invitations i WHERE i.company_id = c.id AND i.status = 'accepted') <> (SELECT count(*) FROM audit_logs a WHERE a.company_id = c.id AND kind = 'user.joined')",
    ),
    (
        "I5: second factors and their lines differ",
        "SELECT count(*) FROM companies c WHERE (SELECT count(*) FROM factors f WHERE f.company_id = c.id AND f.status = 'active') <> (SELECT count(*) FROM audit_logs a WHERE a.company_id = c.id AND kind = 'mfa.enrolled')",
    ),
    (
        "I5: renewals and their lines differ",
        "SELECT count(*) FROM companies c WHERE (SELECT count(*) FROM refresh_tokens r WHERE r.company_id = c.id AND r.used_at IS NOT NULL) <> (SELECT count(*) FROM audit_logs a WHERE a.company_id = c.id AND kind = 'session.refreshed')",
    ),
    (
        "I5: sessions and the lines of their beginning differ",
        "SELECT count(*) FROM companies c WHERE (SELECT count(*) FROM sessions s WHERE s.company_id = c.id) <> (SELECT count(*) FROM audit_logs a WHERE a.company_id = c.id AND kind IN ('company.registered', 'user.joined', 'login.succeeded'))",
    ),
    (
        "I5: invitations without exactly one letter",
        "SELECT count(*) FROM invitations i WHERE (SELECT count(*) FROM mail_outbox m WHERE m.company_id = i.company_id AND m.kind LIKE 'invit%' AND m.recipient = i.email) <> 1",
    ),
    (
        "I6: sessions or tokens of another company's people",
        "SELECT count(*) FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.company_id = s.company_id AND u.id = s.user_id)",
    ),
    (
        "I7: companies without an active Admin",
        "SELECT count(*) FROM companies c WHERE EXISTS (SELECT 1 FROM users u WHERE u.company_id = c.id) AND NOT EXISTS (SELECT 1 FROM users u WHERE u.company_id = c.id AND u.role = 'admin' AND u.status = 'active')",
    ),
    (
        "I8: live sessions without the second factor their account has",
        "SELECT count(*) FROM sessions s JOIN users u ON u.company_id = s.company_id AND u.id = s.user_id WHERE u.mfa_enabled AND s.revoked_at IS NULL AND NOT ('mfa' = ANY (s.amr))",
    ),
    (
        "I10: a log with a hole",
        "SELECT count(*) FROM (SELECT company_id FROM audit_logs GROUP BY company_id HAVING max(seq) - min(seq) + 1 <> count(*)) x",
    ),
];

/// Everything that was broken, in words; empty is as it should be.
///
/// # Errors
/// The database cannot be asked.
pub async fn broken(site: &Site, seen: &Seen) -> Result<Vec<String>, Failure> {
    let mut root = site.root().await?;
    let mut broken = seen.breaches.clone();
    if !numbered(&mut root).await? {
        broken.push("I5: events still wait to be numbered".into());
    }
    for (promise, sql) in NONE_OF {
        let count = count(&mut root, sql, &[]).await.map_err(|error| Failure(format!("{promise}: {error}")))?;
        if count > 0 {
            broken.push(format!("{promise}: {count}"));
        }
    }
    broken.extend(
        seen.spent
            .iter()
            .filter(|(_, with)| with.len() > 1)
            .map(|(what, with)| format!("I2: {what} was honoured {} times", with.len())),
    );
    for told in &seen.acknowledged {
        if let Some(lost) = lost(&mut root, told).await? {
            broken.push(lost);
        }
    }
    broken.extend(misnamed(&mut root, seen).await?);
    broken.extend(unseen(&mut root, seen).await?);
    if let Err(said) = site.verify_chains().await {
        broken.push(format!("I10: {said}"));
    }
    Ok(broken)
}

async fn count(root: &mut PgConnection, sql: &'static str, values: &[&str]) -> Result<i64, Failure> {
    let query = values.iter().fold(sqlx::query::<Postgres>(sql), |query, value| query.bind((*value).to_owned()));
    Ok(query.fetch_one(root).await?.try_get(0)?)
}

async fn numbered(root: &mut PgConnection) -> Result<bool, Failure> {
    let since = Instant::now();
    while since.elapsed() < NUMBERED {
        if count(root, "SELECT count(*) FROM outbox", &[]).await? == 0 {
            return Ok(true);
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    Ok(false)
}

/// I1 and I5 for one acknowledged write: what it made is there, and exactly one line tells of it.
async fn lost(root: &mut PgConnection, told: &Acknowledged) -> Result<Option<String>, Failure> {
    let (sql, values): (&'static str, Vec<&str>) = match told {
        Acknowledged::Registered { email } => ("SELECT count(*) FROM users WHERE email = $1 AND role = 'admin'", vec![email]),
        Acknowledged::Invited { id, email } => ("SELECT count(*) FROM invitations WHERE id = $1::uuid AND email = $2", vec![id, email]),
        Acknowledged::Joined { email } => ("SELECT count(*) FROM users WHERE email = $1", vec![email]),
        Acknowledged::Enrolled { user } => {
            ("SELECT count(*) FROM users u JOIN factors f ON f.company_id = u.company_id AND f.user_id = u.id AND f.status = 'active' WHERE u.id = $1::uuid AND mfa_enabled", vec![user])
        }
        Acknowledged::SignedIn { session } => {
            ("SELECT count(*) FROM sessions s JOIN audit_logs a ON a.company_id = s.company_id AND a.session_id = s.id AND a.kind = 'login.succeeded' WHERE s.id = $1::uuid", vec![session])
        }
        Acknowledged::ThrownOut { user, revocation, email } => {
            ("SELECT count(*) FROM audit_logs a JOIN revocations r ON r.company_id = a.company_id AND r.id = $2::uuid WHERE a.kind = 'session.revoked' AND a.data->>'revocation_id' = $2 AND a.subject_id = $1::uuid
              AND (SELECT count(*) FROM mail_outbox m WHERE m.company_id = a.company_id AND m.recipient = $3 AND m.kind LIKE '%logout%') = 1
              AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = $1::uuid AND s.revoked_at IS NULL)", vec![user, revocation, email])
        }
    };
    let found = count(root, sql, &values).await.map_err(|error| Failure(format!("{told:?}: {error}")))?;
    Ok((found != 1).then(|| format!("I1, I5: {told:?} is there {found} times")))
}

/// I1 for names: the last acknowledged, or one asked for after it.
async fn misnamed(root: &mut PgConnection, seen: &Seen) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for (user, names) in seen.names.iter().filter(|(_, names)| names.told.is_some()) {
        let row = sqlx::query::<Postgres>("SELECT full_name FROM users WHERE id = $1::uuid")
            .bind(user.clone())
            .fetch_one(&mut *root)
            .await?;
        let name: String = row.try_get(0)?;
        if names.told.as_ref() != Some(&name) && !names.open.contains(&name) {
            wrong.push(format!("I1: {user} is called {name}, not {:?}", names.told));
        }
    }
    Ok(wrong)
}

/// F10: every desk saw every row of its company's log once, in order.
async fn unseen(root: &mut PgConnection, seen: &Seen) -> Result<Vec<String>, Failure> {
    let mut wrong = Vec::new();
    for (email, desk) in &seen.desks {
        let sql = "SELECT seq FROM audit_logs WHERE company_id = (SELECT company_id FROM users WHERE email = $1) ORDER BY seq";
        let rows: Vec<i64> = sqlx::query_scalar::<Postgres, i64>(sql).bind(email.clone()).fetch_all(&mut *root).await?;
        if rows != desk.rows || desk.resyncs > 0 {
            let missing: Vec<i64> = rows.iter().copied().filter(|row| !desk.rows.contains(row)).collect();
            let (seen, all) = (desk.rows.len(), rows.len());
            let resyncs = desk.resyncs;
            wrong.push(format!(
                "F10: {email} saw {seen} rows of {all}, not {missing:?}, and was told {resyncs} times to read again"
            ));
        }
    }
    Ok(wrong)
}
