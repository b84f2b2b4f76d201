//! Mallory can write to the database. She changes a row and hashes everything after it anew, so that the chain holds; the
//! signed checkpoint does not.

use serde_json::json;
use sqlx::PgConnection;
use voxgate::{
    domain::{
        audit::{AuditRow, Commitment, canonical, link},
        ids::CompanyId,
    },
    store::StoreError,
};

use crate::support::{App, db::run};

const HASHES: &str = "UPDATE audit_logs SET data = $3, personal = $4, prev_hash = $5, hash = $6
    WHERE company_id = $1 AND seq = $2";

/// All rows of the company, as the server reads them.
async fn rows(app: &App, company: CompanyId) -> Vec<AuditRow> {
    let store = app.db.store().await;
    let read = store.in_tenant::<_, StoreError, _>(company, |tx| Box::pin(tx.audit_since(0, 1000)));
    read.await.unwrap().into_inner()
}

/// Changes the second row and gives it and every later one, and the head, hashes that fit.
async fn rewrite(app: &App, all: &mut PgConnection, company: CompanyId) {
    let mut rows = rows(app, company).await;
    let mut hash = rows[0].hash;
    for row in &mut rows[1..] {
        if row.seq == 2 {
            row.data = json!({ "nothing": "happened" });
            row.personal = Commitment::to(row, row.personal.salt.unwrap());
        }
        row.prev_hash = hash;
        row.hash = link(&hash, row.seq, &canonical(row));
        hash = row.hash;
        let done = sqlx::query(HASHES).bind(company.0).bind(row.seq).bind(&row.data).bind(&row.personal.digest[..]);
        done.bind(&row.prev_hash[..]).bind(&row.hash[..]).execute(&mut *all).await.unwrap();
    }
    let head = sqlx::query("UPDATE audit_heads SET hash = $2 WHERE company_id = $1").bind(company.0).bind(&hash[..]);
    head.execute(all).await.unwrap();
}

#[tokio::test]
async fn a_log_hashed_anew_after_tampering_is_caught_by_its_signed_checkpoint() {
    let mut app = App::start().await;
    app.expect_error("the audit log does not hold");
    let ada = app.admin_of("Acme").await;
    let company: uuid::Uuid = ada.gets("/api/company").await.expect(200).text_at("/id").parse().unwrap();
    app.colleague_of(&ada, "uma", "user").await;
    let head = app.settled(&ada).await;
    let mut all = app.db.connect("postgres").await;

    // Without a checkpoint nobody could tell.
    run(&mut all, "CREATE TABLE kept AS SELECT * FROM audit_logs").await;
    run(&mut all, "CREATE TABLE kept_heads AS SELECT * FROM audit_heads").await;
    rewrite(&app, &mut all, company.into()).await;
    assert_eq!(ada.gets("/api/audit-logs/verify").await.expect(200).at("/intact"), true);
    for table in [("audit_logs", "kept"), ("audit_heads", "kept_heads")] {
        run(&mut all, &format!("DELETE FROM {0}; INSERT INTO {0} SELECT * FROM {1}", table.0, table.1)).await;
    }

    let (content, said) = app.runs(&["audit", "checkpoint"]).await;
    assert!(content && !said.contains("Signed 0"), "{said}");
    let found = ada.gets("/api/audit-logs/verify").await.expect(200);
    assert_eq!((found.at("/intact"), found.at("/checkpoints")), (json!(true), json!(1)));
    assert_eq!((found.at("/last_checkpoint/seq"), found.at("/last_checkpoint/rows")), (json!(head), json!(head)));
    assert_eq!(found.at("/last_checkpoint/hash"), found.at("/head_hash"));

    rewrite(&app, &mut all, company.into()).await;
    let found = ada.gets("/api/audit-logs/verify").await.expect(200);
    assert_eq!(found.at("/first_fault"), json!({ "seq": head, "flaw": "rewritten" }));
    let (content, said) = app.runs(&["audit", "verify", "--company", "acme"]).await;
    assert!(!content && said.contains(&format!("row {head} of the audit log is another than its signed checkpoint")));

    // She makes the checkpoint fit too, but cannot sign it.
    run(&mut all, "UPDATE audit_checkpoints k SET hash = h.hash FROM audit_heads h WHERE h.company_id = k.company_id")
        .await;
    let found = ada.gets("/api/audit-logs/verify").await.expect(200);
    assert_eq!(found.at("/first_fault"), json!({ "seq": head, "flaw": "forged" }));
}

#[tokio::test]
async fn a_company_has_one_checkpoint_a_day_however_often_and_from_how_many_nodes_it_is_asked_for() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.settled(&ada).await;
    let line = ["audit", "checkpoint"];
    let said = tokio::join!(app.runs(&line), app.runs(&line), app.runs(&line));
    assert!(said.0.0 && said.1.0 && said.2.0, "{said:?}");
    let mine = "audit_checkpoints WHERE company_id = (SELECT id FROM companies WHERE slug = 'acme')";
    assert_eq!(app.db.count(mine).await, 1);
    ada.gets("/api/audit-logs/export").await.expect(200);
    app.settled(&ada).await;
    assert!(app.runs(&line).await.1.contains("Signed 0"));
    assert_eq!(app.db.count(mine).await, 1);
    // Tomorrow.
    let yesterday = "UPDATE audit_checkpoints SET day = day - 1";
    app.db.execute(yesterday).await;
    assert!(app.runs(&line).await.1.contains("Signed 1"));
    assert_eq!(app.db.count(mine).await, 2);
}

#[tokio::test]
async fn a_checkpoint_still_verifies_after_its_key_was_dropped_and_the_key_opens_nothing_else() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.settled(&ada).await;
    let keys = app.keys_file().display().to_string();
    assert!(app.runs(&["audit", "checkpoint"]).await.0);
    for line in [["keys", "rotate", "--file", &keys, "--signing"], ["keys", "retire", "--file", &keys, "--signing"]] {
        let (content, said) = app.runs(&line).await;
        assert!(content, "{said}");
    }
    let (content, said) = app.runs(&["audit", "verify", "--company", "acme"]).await;
    assert!(content && said.contains("and 1 signed checkpoints"), "{said}");
}
