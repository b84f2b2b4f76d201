//! The desk is open all day: none of its questions may read a table from end to end.

use crate::support::{App, app::DEADLINE, eventually::eventually};

/// Sixty days of Acme's log, and many other companies' people and sessions.
const GROWN: &str = "
    INSERT INTO audit_logs (company_id, seq, id, at, kind, severity, actor_type, ip, data, personal, prev_hash, hash)
      SELECT c.id, -n, uuid_v7(), now() - n * interval '86 seconds',
        (ARRAY['login.succeeded', 'login.failed', 'session.refreshed', 'user.updated'])[1 + n % 4], 'info', 'anonymous',
        '10.0.0.' || n % 200, '{}', '', '', ''
      FROM companies c, generate_series(1, 60000) n;
    INSERT INTO companies (id, slug, name) SELECT uuid_v7(), 'grown-' || n, 'Grown' FROM generate_series(1, 200) n;
    INSERT INTO users (company_id, id, email, email_norm, full_name, role)
      SELECT c.id, uuid_v7(), n || '@' || c.slug, n || '@' || c.slug, 'Somebody', 'user'
      FROM companies c, generate_series(1, 50) n WHERE c.slug LIKE 'grown-%';
    INSERT INTO sessions (company_id, id, user_id, amr, auth_time, client, expires_at)
      SELECT u.company_id, uuid_v7(), u.id, '{pwd}', now(), 'web', now() + interval '1 day'
      FROM users u WHERE u.full_name = 'Somebody';
    ANALYZE audit_logs; ANALYZE users; ANALYZE sessions";

/// The tables, and months of the log, that were read from end to end; empty for none. What is empty is read as it likes.
const READ_WHOLE: &str = "SELECT coalesce(string_agg(s.relname || ' ' || seq_scan, ', '), '')
    FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
    WHERE (s.relname LIKE 'audit\\_logs%' OR s.relname IN ('users', 'sessions')) AND seq_scan > 0 AND c.reltuples > 100";

#[tokio::test]
async fn the_desk_reads_by_indexes_only() {
    let mut app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    app.settled(&ada).await;
    // Whatever was read before, of tables that were almost empty, is told when the connections end, and forgotten.
    app.stop(0).await;
    app.db.execute(GROWN).await;
    app.db.execute("SELECT pg_stat_reset()").await;

    let node = app.add_node().await;
    ada.base = app.base(node);
    for path in ["summary", "summary?window=1h", "summary?window=24h", "sessions"] {
        ada.gets(&format!("/api/live/{path}")).await.expect(200);
    }
    app.stop(node).await;
    let by_index =
        "SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_tables WHERE relname LIKE 'audit\\_logs%'";
    // Buckets, seven hours before, two lists of sources and the oldest row, three times each.
    let told = async || (app.db.value::<i64>(by_index).await >= 33).then_some(());
    eventually("the reads are counted", DEADLINE, told).await;
    assert_eq!(app.db.value::<String>(READ_WHOLE).await, "", "read from end to end");
}
