//! The chain: whole while nobody touched it, and every kind of tampering is found, by the API and by the command line.

use serde_json::{Value, json};
use sqlx::{Executor, PgConnection};

use crate::support::{App, db::run};

/// What the command line says of a company's log, and whether it is content.
async fn by_command(app: &App, company: &str) -> (bool, String) {
    app.runs(&["audit", "verify", "--company", company]).await
}

#[tokio::test]
async fn a_log_nobody_touched_is_whole_and_says_so_at_both_doors() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.admin_of("Beta").await;
    let whole = app.settled(&ada).await;
    let found = ada.gets("/api/audit-logs/verify").await.expect(200).json();
    assert_eq!((&found["intact"], &found["first_fault"]), (&json!(true), &Value::Null));
    assert_eq!((found["from_seq"].as_i64(), found["to_seq"].as_i64()), (Some(1), Some(whole)));
    assert_eq!(found["verified_rows"].as_i64(), Some(whole));
    let last = ada.gets("/api/audit-logs/export?format=ndjson").await.expect(200).text;
    let last: Value = serde_json::from_str(last.lines().last().unwrap()).unwrap();
    assert_eq!(last["hash"], found["head_hash"]);

    let (content, said) = by_command(&app, "acme").await;
    assert!(content && said.contains("1 companies"), "{said}");
    let (content, said) = by_command(&app, "nobody-here").await;
    assert!(!content && said.contains("no company `nobody-here`"), "{said}");
}

#[tokio::test]
async fn every_way_to_tamper_with_the_log_is_found_where_it_was_done() {
    let mut app = App::start().await;
    app.expect_error("the audit log does not hold");
    let ada = app.admin_of("Acme").await;
    app.colleague_of(&ada, "uma", "user").await;
    let last = app.settled(&ada).await;
    assert!(last >= 3, "{last}");
    let mut all = app.db.connect("postgres").await;
    run(&mut all, "CREATE TABLE kept AS SELECT * FROM audit_logs").await;
    run(&mut all, "CREATE TABLE kept_heads AS SELECT * FROM audit_heads").await;
    let mine = "company_id = (SELECT id FROM companies WHERE slug = 'acme')";
    for (tampering, seq, flaw) in [
        (format!("UPDATE audit_logs SET data = '{{\"x\": 1}}' WHERE seq = 2 AND {mine}"), 2, "changed"),
        (format!("UPDATE audit_logs SET at = at - interval '1 day' WHERE seq = 3 AND {mine}"), 3, "changed"),
        (format!("UPDATE audit_logs SET ip = NULL WHERE seq = 1 AND {mine}"), 1, "changed"),
        (format!("UPDATE audit_logs SET actor_role = 'user' WHERE seq = 1 AND {mine}"), 1, "changed"),
        (format!("UPDATE audit_logs SET actor_role = NULL WHERE seq = 1 AND {mine}"), 1, "changed"),
        (format!("UPDATE audit_logs SET kind = 'unheard.of' WHERE seq = 2 AND {mine}"), 2, "changed"),
        (format!("DELETE FROM audit_logs WHERE seq = 2 AND {mine}"), 2, "missing"),
        (format!("DELETE FROM audit_logs WHERE seq = 1 AND {mine}"), 1, "missing"),
        (format!("DELETE FROM audit_logs WHERE seq = {last} AND {mine}"), last, "missing"),
        (format!("UPDATE audit_logs SET prev_hash = hash WHERE seq = 2 AND {mine}"), 2, "unlinked"),
        (format!("UPDATE audit_heads SET hash = decode(repeat('00', 32), 'hex') WHERE {mine}"), last, "wrong_end"),
    ] {
        all.execute(sqlx::AssertSqlSafe(tampering.as_str())).await.unwrap();
        let found = ada.gets("/api/audit-logs/verify").await.expect(200).json();
        assert_eq!(found["first_fault"], json!({ "seq": seq, "flaw": flaw }), "{tampering}");
        assert_eq!(found["intact"], false);
        let (content, said) = by_command(&app, "acme").await;
        assert!(!content && said.contains(&format!("row {seq} ")), "{tampering}: {said}");
        restore(&mut all).await;
    }
    assert_eq!(ada.gets("/api/audit-logs/verify").await.expect(200).at("/intact"), true);
}

async fn restore(all: &mut PgConnection) {
    run(all, "DELETE FROM audit_logs").await;
    run(all, "INSERT INTO audit_logs SELECT * FROM kept").await;
    run(all, "DELETE FROM audit_heads").await;
    run(all, "INSERT INTO audit_heads SELECT * FROM kept_heads").await;
}
