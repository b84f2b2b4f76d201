//! Renewing a session: one use, the same successor for whoever comes again at once, and what a stolen token leads to.

use serde_json::json;

use crate::support::{App, person::Person};

/// The exchange happened longer ago than anybody waits for an answer.
async fn the_grace_passes(app: &App) {
    app.db
        .execute("UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds' WHERE used_at IS NOT NULL")
        .await;
}

async fn live_sessions(app: &App, of: &Person) -> i64 {
    app.db.count(&format!("sessions WHERE user_id = '{}' AND revoked_at IS NULL", of.id)).await
}

#[tokio::test]
async fn each_renewal_gives_new_tokens_for_the_same_session() {
    let app = App::start().await;
    let first = app.admin_of("Acme").await;
    let reply = first.refreshes().await.expect(200);
    assert_eq!((reply.at("/status"), reply.at("/user/id")), (json!("authenticated"), json!(first.id)));
    let second = first.with_tokens(&reply);
    assert_ne!(second.refresh, first.refresh);
    let third = second.with_tokens(&second.refreshes().await.expect(200));
    assert_eq!(third.session_id().await, first.session_id().await);
    assert_eq!(live_sessions(&app, &first).await, 1);
    let rows = third.reads_audit("session.refreshed", 2).await;
    assert_eq!(rows.len(), 2);
    let stored = app.db.count(&format!("refresh_tokens t WHERE t::text LIKE '%{}%'", first.refresh)).await;
    assert_eq!(stored, 0, "no token in the clear");
}

#[tokio::test]
async fn whoever_comes_again_at_once_gets_the_same_successor() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (one, other) = (ada.refreshes().await.expect(200), ada.refreshes().await.expect(200));
    assert_eq!(one.at("/refresh_token"), other.at("/refresh_token"));
    // The successor was used: the slow tab is told to take the newer tokens, nobody is signed out.
    let next = ada.with_tokens(&one);
    next.refreshes().await.expect(200);
    let slow = ada.refreshes().await.refused(409, "superseded");
    assert!(!slow.text.contains("vgr_"), "{}", slow.text);
    assert!(ada.is_in().await);
    next.refreshes().await.expect(200);
}

#[tokio::test]
async fn a_token_that_comes_again_later_ends_the_session_and_tells_everybody() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let other_device = uma.signs_in().await;
    let renewed = uma.with_tokens(&uma.refreshes().await.expect(200));
    let mut desk = ada.listens(None).await;
    let mut socket = renewed.listens(None).await;
    the_grace_passes(&app).await;

    uma.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(socket.until_closed().await.1, 4401);
    renewed.gets("/api/users/me").await.refused(401, "session_revoked");
    renewed.refreshes().await.refused(401, "invalid_refresh_token");
    assert!(other_device.is_in().await, "only the family ends");

    assert_eq!(desk.expect("refresh.reused").await["severity"], "critical");
    let rows = ada.reads_audit("refresh.reused", 1).await;
    assert_eq!((rows.len(), &rows[0]["subject"]["id"], &rows[0]["severity"]), (1, &json!(uma.id), &json!("critical")));
    let letters = || app.mailbox.items(Some(&uma.email));
    let count = app.db.count("mail_outbox WHERE kind = 'refresh_reused'").await;
    assert_eq!(count, 1);
    app.mailbox.wait_for(&uma.email, letters().len().max(2)).await;

    // The thief tries on: the family is over, nothing is told twice.
    uma.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'refresh_reused'").await, 1);
    assert_eq!(app.db.count("audit_logs WHERE kind = 'refresh.reused'").await, 1);
}

#[tokio::test]
async fn the_grandparent_ends_the_family_even_when_nobody_stole_the_rest() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let child = ada.with_tokens(&ada.refreshes().await.expect(200));
    let grandchild = child.with_tokens(&child.refreshes().await.expect(200));
    the_grace_passes(&app).await;
    ada.refreshes().await.refused(401, "invalid_refresh_token");
    for dead in [&child, &grandchild] {
        dead.refreshes().await.refused(401, "invalid_refresh_token");
        assert!(!dead.is_in().await);
    }
    assert_eq!(live_sessions(&app, &ada).await, 0);
}

#[tokio::test]
async fn a_session_that_ended_is_not_renewed() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let out = ada.signs_in().await;
    out.posts("/api/auth/logout", json!({})).await.expect(204);
    out.refreshes().await.refused(401, "invalid_refresh_token");

    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    uma.refreshes().await.refused(401, "invalid_refresh_token");

    let max = app.colleague_of(&ada, "max", "user").await;
    app.db.execute(&format!("UPDATE users SET status = 'deactivated' WHERE id = '{}'", max.id)).await;
    max.refreshes().await.refused(401, "invalid_refresh_token");

    let old = ada.signs_in().await;
    app.db.execute("UPDATE refresh_tokens SET expires_at = now() WHERE used_at IS NULL").await;
    old.refreshes().await.refused(401, "invalid_refresh_token");
    assert!(old.is_in().await, "the token ran out, the session did not");

    let ended = ada.signs_in().await;
    app.db.execute("UPDATE sessions SET expires_at = now() WHERE revoked_at IS NULL").await;
    ended.refreshes().await.refused(401, "invalid_refresh_token");
    app.db.execute("UPDATE companies SET status = 'suspended'").await;
    ada.refreshes().await.refused(401, "invalid_refresh_token");
}

#[tokio::test]
async fn a_token_nobody_issued_is_refused() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let altered =
        format!("{}{}", &ada.refresh[..ada.refresh.len() - 1], if ada.refresh.ends_with('A') { 'Q' } else { 'A' });
    for strange in ["", "vgr_", "x", &altered, &ada.access] {
        let reply = ada.as_stranger().posts("/api/auth/refresh", json!({ "refresh_token": strange })).await;
        reply.refused(401, "invalid_refresh_token");
    }
    ada.as_stranger().posts("/api/auth/refresh", json!({})).await.refused(400, "invalid_input");
    ada.refreshes().await.expect(200);
}
