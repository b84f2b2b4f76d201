//! The log is cut by months: made ahead, walled each for itself, dropped when a month is over and nothing is left of it.

use sqlx::AssertSqlSafe;

use crate::support::{App, db::run};

const MONTHS: &str = "SELECT relname::text FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = 'audit_logs'::regclass AND relname <> 'audit_logs_rest' ORDER BY 1";

#[tokio::test]
async fn months_are_made_ahead_and_dropped_once_they_are_over_and_empty() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.settled(&ada).await;
    assert_eq!(app.db.count("audit_logs_rest").await, 0, "what happens now has its month");
    let mut owner = app.db.connect("postgres").await;
    run(&mut owner, "SET ROLE voxgate_owner").await;
    for month in ["01", "02"] {
        let next = if month == "01" { "2020-02-01+00" } else { "2020-03-01+00" };
        let part = format!("audit_logs_2020_{month}");
        let create =
            format!("CREATE TABLE {part} PARTITION OF audit_logs FOR VALUES FROM ('2020-{month}-01+00') TO ('{next}')");
        run(&mut owner, &create).await;
        run(&mut owner, &format!("SELECT wall_audit_partition('{part}')")).await;
    }
    // One row stays in January.
    let late = "INSERT INTO audit_logs SELECT company_id, 999, id, '2020-01-07', kind, severity, actor_type, actor_id,
        subject_type, subject_id, session_id, ip, user_agent, request_id, data, personal, salt, prev_hash, hash
        FROM audit_logs WHERE seq = 1 LIMIT 1";
    app.db.execute(late).await;
    assert!(app.runs(&["audit", "prune"]).await.0);
    let months: Vec<String> = sqlx::query_scalar(MONTHS).fetch_all(&mut owner).await.unwrap();
    assert_eq!(months[0], "audit_logs_2020_01", "{months:?}");
    assert_eq!(months.len(), 4, "January of old, this month and the next two: {months:?}");
    assert!(app.db.store().await.check_walls().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_partition_is_closed_to_the_serving_role_and_missing_months_are_made_by_background_work() {
    let app = App::start().await;
    let mut owner = app.db.connect("postgres").await;
    let months: Vec<String> = sqlx::query_scalar(MONTHS).fetch_all(&mut owner).await.unwrap();
    assert_eq!(months.len(), 3);
    for role in ["voxgate_app", "voxgate_sequencer"] {
        let mut served = app.db.connect(role).await;
        let read = sqlx::query(AssertSqlSafe(format!("SELECT FROM {}", months[0]))).execute(&mut served).await;
        let refused = read.unwrap_err();
        assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"));
    }
    run(&mut owner, &format!("DROP TABLE {}", months[2])).await;
    let mut background = app.db.connect("voxgate_sequencer").await;
    run(&mut background, "SELECT make_audit_partitions(2)").await;
    let again: Vec<String> = sqlx::query_scalar(MONTHS).fetch_all(&mut owner).await.unwrap();
    assert_eq!(again, months);
}
