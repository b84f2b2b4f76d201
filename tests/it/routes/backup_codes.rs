//! Backup codes: read again by their owner, replaced as a whole, told when used.

use serde_json::{Value, json};

use crate::support::App;

fn codes_in(reply: &Value) -> Vec<String> {
    reply["codes"].as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn their_owner_reads_what_enabling_showed_and_the_reading_is_recorded() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mut shown = ada.enrolls().await;
    let read = ada.gets("/api/auth/mfa/backup-codes").await.expect(200);
    assert_eq!(read.headers["cache-control"], "no-store");
    let mut again = codes_in(&read.json());
    shown.sort();
    again.sort();
    assert_eq!(shown, again);
    assert_eq!(read.at("/remaining"), 8);
    assert!(read.at("/generated_at").is_string());
    assert_eq!(ada.reads_audit("backup_codes.viewed", 1).await.len(), 1);
    for code in &shown {
        let clear = format!("backup_codes b WHERE b::text LIKE '%{code}%'");
        assert_eq!(app.db.count(&clear).await, 0, "no code in the clear");
        let told = format!("audit_logs a WHERE a::text LIKE '%{code}%'");
        assert_eq!(app.db.count(&told).await, 0);
    }
}

#[tokio::test]
async fn a_used_one_is_told_and_marked() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;
    let challenge = ada.opens_challenge().await;
    let ada = ada.with_tokens(&ada.answers_with_backup(&challenge, &codes[3]).await.expect(200));
    let rows = ada.reads_audit("backup_code.used", 1).await;
    assert_eq!((rows.len(), &rows[0]["data"]["remaining"]), (1, &json!(7)));
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'backup_code_used'").await, 1);
    let read = ada.gets("/api/auth/mfa/backup-codes").await.expect(200);
    let used: Vec<Value> =
        read.at("/codes").as_array().unwrap().iter().filter(|code| !code["used_at"].is_null()).cloned().collect();
    assert_eq!((used.len(), &used[0]["code"], read.at("/remaining")), (1, &json!(codes[3]), json!(7)));
}

#[tokio::test]
async fn new_ones_replace_all_old_ones_used_or_not() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let old = ada.enrolls().await;
    let fresh = ada.posts("/api/auth/mfa/backup-codes/regenerate", json!({})).await.expect(200);
    assert_eq!(fresh.headers["cache-control"], "no-store");
    let fresh: Vec<String> = serde_json::from_value(fresh.at("/backup_codes")).unwrap();
    assert_eq!(fresh.len(), 8);
    assert!(fresh.iter().all(|code| !old.contains(code)));
    let challenge = ada.opens_challenge().await;
    for code in &old[..3] {
        ada.answers_with_backup(&challenge, code).await.refused(401, "invalid_code");
    }
    ada.answers_with_backup(&challenge, &fresh[0]).await.expect(200);
    assert_eq!(ada.reads_audit("backup_codes.regenerated", 1).await.len(), 1);
}

#[tokio::test]
async fn nobody_spends_the_code_of_another() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let (adas, _) = (ada.enrolls().await, uma.enrolls().await);
    let challenge = uma.opens_challenge().await;
    uma.answers_with_backup(&challenge, &adas[0]).await.refused(401, "invalid_code");
    assert_eq!(app.db.count("backup_codes WHERE used_at IS NOT NULL").await, 0);
}
