//! Protection against guessing, locking out, spraying, flooding and listening in. Named by the numbers of the attack list.

mod alerts;
mod codes;
mod floods;
mod lockout;
mod sources;
mod spraying;
mod timing;

use serde_json::Value;

use crate::support::App;

/// Every event of a kind that was recorded so far, numbered already or not: address and details.
pub(crate) async fn recorded(app: &App, kind: &str) -> Vec<(Option<String>, Value)> {
    let mut all = app.db.connect("postgres").await;
    let sql = "SELECT ip, data FROM (SELECT kind, at, ip, data FROM outbox UNION ALL
               SELECT kind, at, ip, data FROM audit_logs) e WHERE kind = $1 ORDER BY at";
    sqlx::query_as(sql).bind(kind).fetch_all(&mut all).await.unwrap()
}

/// A server whose limits by client address do not get in the way of what is tested.
async fn unlimited(more: &[(&str, &str)]) -> App {
    let mut settings = vec![
        ("limits.credentials_per_second", "1000000"),
        ("limits.credentials_burst", "1000000"),
        ("limits.mfa_per_second", "1000000"),
        ("limits.mfa_burst", "1000000"),
    ];
    settings.extend_from_slice(more);
    App::start_with(&settings).await
}
