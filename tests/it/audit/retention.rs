//! What a company no longer wants to keep goes, up to a signed checkpoint, and what stays still verifies.

use serde_json::{Value, json};
use time::Duration;
use voxgate::{
    crypto::{entropy::system_world, keys::KeyFile, token::AccessTokens},
    domain::audit::Checkpoint,
};

use crate::support::{App, person::Person};

const KEEP: &str = "INSERT INTO audit_checkpoints (company_id, day, seq, hash, rows, at, key_id, signature)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// Signs, with the installation's own key, what the server would have signed so many days ago at this row.
async fn signed_days_ago(app: &App, ada: &Person, days: i64, seq: i64) {
    let company: uuid::Uuid = ada.gets("/api/company").await.expect(200).text_at("/id").parse().unwrap();
    let at = (system_world().now() - Duration::days(days)).replace_nanosecond(0).unwrap();
    let hash: Vec<u8> =
        app.db.value(&format!("SELECT hash FROM audit_logs WHERE company_id = '{company}' AND seq = {seq}")).await;
    let hash = <[u8; 32]>::try_from(hash).unwrap();
    let checkpoint = Checkpoint { company: company.into(), day: at.date(), seq, hash, rows: seq, at };
    let keys = AccessTokens::new(&KeyFile::load(&app.keys_file()).unwrap(), "", "", Duration::HOUR).unwrap();
    let (key, signature) = keys.attest(&checkpoint.text()).unwrap();
    let mut all = app.db.connect("postgres").await;
    let kept = sqlx::query(KEEP).bind(company).bind(at.date()).bind(seq).bind(&hash[..]).bind(seq).bind(at);
    kept.bind(key).bind(signature).execute(&mut all).await.unwrap();
}

async fn first(ada: &Person) -> i64 {
    ada.gets("/api/audit-logs?order=oldest&limit=1").await.expect(200).at("/items/0/seq").as_i64().unwrap()
}

#[tokio::test]
async fn old_rows_go_up_to_a_checkpoint_told_once_and_the_rest_verifies() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let bob = app.admin_of("Beta").await;
    for name in ["uma", "ugo"] {
        app.colleague_of(&ada, name, "user").await;
    }
    let last = app.settled(&ada).await;
    assert!(last > 4, "{last}");
    signed_days_ago(&app, &ada, 45, 2).await;
    signed_days_ago(&app, &ada, 31, 3).await;
    signed_days_ago(&app, &ada, 29, 4).await;
    signed_days_ago(&app, &bob, 45, 1).await;

    // Neither a year nor for ever is over.
    ada.patches("/api/company", json!({ "audit_retention_days": null })).await.expect(200);
    assert!(app.runs(&["audit", "prune"]).await.1.contains("Removed 0 rows"));
    assert_eq!(first(&ada).await, 1);

    ada.patches("/api/company", json!({ "audit_retention_days": 30 })).await.expect(200);
    let line = ["audit", "prune"];
    let (one, two) = tokio::join!(app.runs(&line), app.runs(&line));
    assert!(one.0 && two.0, "{one:?} {two:?}");
    app.settled(&ada).await;
    assert_eq!((first(&ada).await, first(&bob).await), (4, 1), "another company's rows stay");

    let told = ada.gets("/api/audit-logs?kind=audit.pruned").await.expect(200).at("/items");
    assert_eq!(told.as_array().unwrap().len(), 1, "{told}");
    assert_eq!(told[0]["data"], json!({ "rows": 3, "up_to_seq": 3 }));
    assert_eq!(told[0]["actor"], json!({ "type": "system" }));

    let found = ada.gets("/api/audit-logs/verify").await.expect(200).json();
    assert_eq!((&found["intact"], &found["from_seq"], &found["checkpoints"]), (&json!(true), &json!(4), &json!(2)));
    assert_eq!(found["first_fault"], Value::Null);
    let (content, said) = app.runs(&["audit", "verify"]).await;
    assert!(content, "{said}");
}

#[tokio::test]
async fn rows_that_are_gone_without_a_signed_checkpoint_are_missed() {
    let mut app = App::start().await;
    app.expect_error("the audit log does not hold");
    let ada = app.admin_of("Acme").await;
    app.colleague_of(&ada, "uma", "user").await;
    app.settled(&ada).await;
    signed_days_ago(&app, &ada, 45, 2).await;
    app.db.execute("UPDATE audit_checkpoints SET signature = 'AAAA'").await;
    app.db.execute("DELETE FROM audit_logs WHERE seq <= 2").await;
    let found = ada.gets("/api/audit-logs/verify").await.expect(200);
    assert_eq!(found.at("/first_fault"), json!({ "seq": 1, "flaw": "missing" }));
}
