//! What happens in a company without anybody clicking: events written beside the server, as another node would.

use std::time::Duration;

use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use tokio::sync::Mutex;

use crate::support::{db::TestDb, eventually::eventually};

/// Puts `count` events of somebody unknown into a company's outbox, each with this much ballast. The server numbers and
/// pushes them.
pub(crate) async fn happens(db: &TestDb, slug: &str, count: u32, ballast: u32) {
    let mut root = db.connect("postgres").await;
    let sql = format!(
        "INSERT INTO outbox (company_id, kind, severity, actor_type, data)
         SELECT id, 'login.failed', 'notice', 'anonymous',
                jsonb_build_object('company', slug, 'n', n, 'ballast', repeat('x', {ballast}))
         FROM companies, generate_series(1, {count}) n WHERE slug = '{slug}' ORDER BY n"
    );
    let put = sqlx::query(AssertSqlSafe(sql)).execute(&mut root).await.unwrap();
    assert_eq!(put.rows_affected(), u64::from(count));
}

/// Waits until every event so far has its number.
pub(crate) async fn settled(db: &TestDb) {
    let root = Mutex::new(db.connect("postgres").await);
    eventually("the outbox is empty", Duration::from_secs(10), || async {
        let mut root = root.lock().await;
        let waiting = sqlx::query("SELECT count(*) FROM outbox").fetch_one(&mut *root).await.unwrap();
        (waiting.get::<i64, _>(0) == 0).then_some(())
    })
    .await;
}

/// How far a company's log reaches.
pub(crate) async fn head(root: &mut PgConnection, slug: &str) -> i64 {
    let sql = "SELECT coalesce(max(seq), 0) FROM audit_heads h JOIN companies c ON c.id = h.company_id WHERE slug = $1";
    sqlx::query(sql).bind(slug).fetch_one(root).await.unwrap().get(0)
}

/// The number of an event of the log; `None` for the frames that are none.
pub(crate) fn number(frame: &Value) -> Option<i64> {
    let kind = frame["kind"].as_str().unwrap();
    assert_ne!(kind, "resync", "a resync was not to be: {frame}");
    if matches!(kind, "hello" | "head") { None } else { frame["seq"].as_i64() }
}
