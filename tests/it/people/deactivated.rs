//! An account is switched off, and on again.

use serde_json::json;

use super::{PASSWORD, count, login, mail, newest};
use crate::support::App;

#[tokio::test]
async fn uma_is_out_at_once_on_every_node_and_comes_back_when_she_may() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let pending = uma.begins_login().await.expect(200).text_at("/mfa_token");
    let mut sockets = [uma.listens(None).await, uma.before(&app, second).listens(None).await];

    let path = format!("/api/users/{}/deactivate", uma.id);
    assert_eq!(ada.posts(&path, json!({})).await.expect(200).at("/status"), "deactivated");

    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    uma.refreshes().await.refused(401, "invalid_refresh_token");
    for socket in &mut sockets {
        let (last, code) = socket.until_closed().await;
        assert_eq!((&last["kind"], code), (&json!("session.revoked"), 4401));
    }
    let code = app.fresh_code(&mut uma).await;
    uma.answers(&pending, &code).await.refused(401, "challenge_expired");
    let off = login(&uma, PASSWORD).await.refused(401, "invalid_credentials");
    let unknown = app.stranger().tries_login("nobody@acme.example", PASSWORD).await;
    assert_eq!(off.without_request_id(), unknown.without_request_id());
    assert!(mail(&app, &uma.email, "switched off").await.text.contains("Ada Admin"));

    ada.posts(&path, json!({})).await.expect(200);
    assert_eq!(count(&app, &ada, "user.deactivated").await, 1, "done once, told once");
    let told = json!({
        "before": { "active": true }, "after": { "active": false }, "role": "user", "sessions_revoked": 1,
    });
    assert_eq!(newest(&app, &ada, "user.deactivated").await["data"], told);

    let back = ada.posts(&format!("/api/users/{}/reactivate", uma.id), json!({})).await.expect(200);
    assert_eq!((back.at("/status"), back.at("/mfa_enabled")), (json!("active"), json!(true)));
    let code = app.fresh_code(&mut uma).await;
    uma.answers(&pending, &code).await.refused(401, "challenge_expired");
    assert_eq!(login(&uma, PASSWORD).await.expect(200).text_at("/status"), "mfa_required");
    assert_eq!(count(&app, &ada, "user.reactivated").await, 1);
}

#[tokio::test]
async fn it_takes_an_admin_a_recent_proof_and_another_admin() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mara = app.colleague_of(&ada, "mara", "manager").await;
    let eve = app.admin_of("Evil Corp").await;
    let path = |id: &str, act: &str| format!("/api/users/{id}/{act}");

    mara.posts(&path(&mara.id, "deactivate"), json!({})).await.refused(403, "forbidden");
    eve.posts(&path(&mara.id, "deactivate"), json!({})).await.refused(404, "not_found");
    eve.posts(&path(&mara.id, "reactivate"), json!({})).await.refused(404, "not_found");
    ada.posts(&path(&ada.id, "deactivate"), json!({})).await.refused(409, "last_admin");
    app.proofs_grow_old().await;
    for act in ["deactivate", "reactivate", "mfa/reset"] {
        ada.posts(&path(&mara.id, act), json!({})).await.refused(403, "reauthentication_required");
    }
    mara.gets("/api/users/me").await.expect(200);
    assert_eq!(count(&app, &ada, "user.deactivated").await, 0);
    ada.steps_up().await;
    ada.posts(&path(&mara.id, "deactivate"), json!({})).await.expect(200);
    mara.gets("/api/users/me").await.refused(401, "session_revoked");
}
