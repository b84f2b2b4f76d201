//! `kill -9` after every step of a company's life. Whatever a client was told has happened is there on the next node,
//! with exactly one line in the audit log.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::{PgConnection, Row};

use super::ONE_ISSUER;
use crate::{
    live::outside::settled,
    support::{
        App,
        authenticator::Authenticator,
        person::{Person, token_in},
    },
};

/// Kills the last node as a power cut would and starts another; the person stands before it.
async fn power_cut(app: &mut App, person: &mut Person) {
    let last = app.nodes() - 1;
    app.kill(last).await;
    let next = app.add_node().await;
    *person = person.before(app, next);
}

/// How many rows of each kind the audit log has, once the outbox is empty.
pub(super) async fn counted(app: &App) -> BTreeMap<String, i64> {
    settled(&app.db).await;
    let mut root = app.db.connect("postgres").await;
    let sql = "SELECT kind, count(*) FROM audit_logs GROUP BY kind";
    let rows = sqlx::query(sql).fetch_all(&mut root).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

pub(super) async fn one(root: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query(sql).fetch_one(root).await.unwrap().get(0)
}

/// `voxgate audit verify` finds every chain whole.
pub(super) async fn verifies(app: &App) {
    let said = app.command("audit").arg("verify").output().await.unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(String::from_utf8_lossy(&said.stdout).contains("is whole"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_after_every_step_loses_nothing_that_was_acknowledged() {
    let mut app = App::start_with(&[ONE_ISSUER]).await;
    let mut ada = app.admin_of("Acme").await;
    power_cut(&mut app, &mut ada).await;
    ada.gets("/api/users/me").await.expect(200);

    let setup = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let mut authenticator = Authenticator::scan(&setup.text_at("/otpauth_uri"));
    power_cut(&mut app, &mut ada).await;

    let code = authenticator.next_code();
    let enabled = ada.posts("/api/auth/mfa/enable", json!({ "code": code })).await.expect(200);
    ada = ada.with_tokens(&enabled);
    let codes: Vec<String> = serde_json::from_value(enabled.at("/backup_codes")).unwrap();
    power_cut(&mut app, &mut ada).await;
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/mfa_enabled"), true);

    let mfa_token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    power_cut(&mut app, &mut ada).await;

    ada.answers(&mfa_token, &code).await.refused(401, "invalid_code");
    let signed_in = ada.answers(&mfa_token, &authenticator.next_code()).await.expect(200);
    power_cut(&mut app, &mut ada).await;
    ada.answers_with_backup(&mfa_token, &codes[0]).await.refused(401, "challenge_expired");
    ada = ada.with_tokens(&signed_in);

    let spent = ada.clone();
    ada = ada.with_tokens(&ada.refreshes().await.expect(200));
    power_cut(&mut app, &mut ada).await;
    ada.gets("/api/users/me").await.expect(200);
    ada = ada.with_tokens(&ada.refreshes().await.expect(200));
    spent.before(&app, app.nodes() - 1).refreshes().await.refused(409, "superseded");

    let mfa_token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    ada = ada.with_tokens(&ada.answers_with_backup(&mfa_token, &codes[1]).await.expect(200));
    power_cut(&mut app, &mut ada).await;
    let mfa_token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    ada.answers_with_backup(&mfa_token, &codes[1]).await.refused(401, "invalid_code");

    ada.posts("/api/invitations", json!({ "email": "uma@acme.example", "role": "user" })).await.expect(201);
    power_cut(&mut app, &mut ada).await;
    let mails = app.mailbox.wait_for("uma@acme.example", 1).await;
    let token = token_in(&mails[0].text);

    let mut uma = ada.as_stranger().accepts(&token, "uma@acme.example", "acme").await;
    power_cut(&mut app, &mut ada).await;
    uma = uma.before(&app, app.nodes() - 1);
    uma.gets("/api/users/me").await.expect(200);

    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    power_cut(&mut app, &mut ada).await;
    let uma = uma.before(&app, app.nodes() - 1);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    uma.refreshes().await.refused(401, "invalid_refresh_token");
    ada.gets("/api/users/me").await.expect(200);

    let counted = counted(&app).await;
    let expected = [
        ("company.registered", 1),
        ("mfa.enrolled", 1),
        ("login.succeeded", 2),
        ("backup_code.used", 1),
        ("session.refreshed", 2),
        ("user.invited", 1),
        ("user.joined", 1),
        ("session.revoked", 1),
    ];
    for (kind, times) in expected {
        assert_eq!(counted.get(kind), Some(&times), "{kind} in {counted:?}");
    }
    verifies(&app).await;
}
