//! Signing out here, elsewhere and everywhere.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn out_here_leaves_the_other_devices_in() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let phone = ada.signs_in().await;
    let mut socket = phone.listens(None).await;
    phone.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(socket.until_closed().await.1, 4401);
    phone.gets("/api/users/me").await.refused(401, "session_revoked");
    phone.refreshes().await.refused(401, "invalid_refresh_token");
    phone.posts("/api/auth/logout", json!({})).await.refused(401, "session_revoked");
    assert!(ada.is_in().await);
    let rows = ada.reads_audit("session.revoked", 1).await;
    assert_eq!(
        (rows.len(), &rows[0]["data"]["reason"], &rows[0]["data"]["scope"]),
        (1, &json!("logout"), &json!("this"))
    );
}

#[tokio::test]
async fn out_elsewhere_keeps_this_one_and_sign_ins_that_wait_are_over() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    app.fresh_code(&mut ada).await;
    ada.authenticator.as_mut().unwrap().forget_shown();
    let phone = ada.signs_in().await;
    let waiting = ada.opens_challenge().await;
    ada.posts("/api/auth/logout", json!({ "scope": "others" })).await.expect(204);
    assert!(ada.is_in().await && !phone.is_in().await);
    phone.refreshes().await.refused(401, "invalid_refresh_token");
    ada.refreshes().await.expect(200);
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&waiting, &code).await.refused(401, "challenge_expired");
}

#[tokio::test]
async fn out_everywhere_ends_all_and_only_ones_own() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let phone = ada.signs_in().await;
    ada.posts("/api/auth/logout", json!({ "scope": "all" })).await.expect(204);
    for session in [&ada, &phone] {
        session.gets("/api/users/me").await.refused(401, "session_revoked");
        session.refreshes().await.refused(401, "invalid_refresh_token");
    }
    assert!(uma.is_in().await);
    let live = app.db.count(&format!("sessions WHERE user_id = '{}' AND revoked_at IS NULL", ada.id)).await;
    assert_eq!(live, 0);
    let again = ada.signs_in().await;
    assert!(again.is_in().await);
    let rows = again.reads_audit("session.revoked", 1).await;
    assert_eq!((&rows[0]["data"]["scope"], &rows[0]["data"]["sessions_revoked"]), (&json!("all"), &json!(2)));
}

#[tokio::test]
async fn an_unknown_scope_ends_nothing() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for scope in [json!("everybody"), json!(7), json!(["all"])] {
        ada.posts("/api/auth/logout", json!({ "scope": scope })).await.refused(400, "invalid_body");
    }
    ada.as_stranger().posts("/api/auth/logout", json!({})).await.refused(401, "unauthenticated");
    assert!(ada.is_in().await);
}
