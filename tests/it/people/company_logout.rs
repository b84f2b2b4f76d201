//! Everybody out: but for the one who says so, or all.

use serde_json::json;

use super::newest;
use crate::support::App;

#[tokio::test]
async fn everybody_else_is_out_on_every_node_and_ada_goes_on_where_she_is() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let phone = ada.clone().signs_in().await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let pending = uma.begins_login().await.expect(200).text_at("/mfa_token");
    let eve = app.admin_of("Other Corp").await;
    let mut out = [uma.listens(None).await, uma.before(&app, second).listens(None).await, phone.listens(None).await];
    let mut desks = [ada.listens(None).await, ada.before(&app, second).listens(None).await];

    let receipt = ada.posts("/api/company/force-logout", json!({})).await.expect(200);
    assert_eq!((receipt.at("/sessions_revoked"), receipt.at("/sockets_closed")), (json!(2), json!(2)));
    for socket in &mut out {
        assert_eq!(socket.until_closed().await.1, 4401);
    }
    for person in [&uma, &phone, &uma.before(&app, second)] {
        person.gets("/api/users/me").await.refused(401, "session_revoked");
        person.refreshes().await.refused(401, "invalid_refresh_token");
    }
    let code = app.fresh_code(&mut uma).await;
    uma.answers(&pending, &code).await.refused(401, "challenge_expired");

    for desk in &mut desks {
        let shown = desk.expect("session.revoked").await;
        assert_eq!(shown["data"]["revocation_id"], receipt.at("/revocation_id"), "her sockets stay open");
    }
    let ada = ada.with_tokens(&receipt);
    for node in [0, second] {
        ada.before(&app, node).gets("/api/users/me").await.expect(200);
    }
    ada.refreshes().await.expect(200);
    let row = newest(&app, &ada, "session.revoked").await;
    assert_eq!((&row["severity"], &row["data"]["scope"]), (&json!("warning"), &json!("others")));
    eve.gets("/api/users/me").await.expect(200);
    uma.signs_in().await.gets("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn everyone_means_everyone_and_it_takes_an_admin_with_a_recent_proof() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mara = app.colleague_of(&ada, "mara", "manager").await;
    mara.posts("/api/company/force-logout", json!({})).await.refused(403, "forbidden");
    ada.posts("/api/company/force-logout", json!({ "scope": "mine" })).await.refused(400, "invalid_body");
    mara.gets("/api/users/me").await.expect(200);

    let mut desk = ada.listens(None).await;
    let receipt = ada.posts("/api/company/force-logout", json!({ "scope": "everyone" })).await.expect(200);
    assert_eq!(receipt.at("/sessions_revoked"), json!(2));
    assert!(!receipt.text.contains("access_token"), "{}", receipt.text);
    assert_eq!(desk.until_closed().await.1, 4401);
    for person in [&ada, &mara] {
        person.gets("/api/users/me").await.refused(401, "session_revoked");
        person.refreshes().await.refused(401, "invalid_refresh_token");
    }
    let ada = ada.clone().signs_in().await;
    app.proofs_grow_old().await;
    ada.posts("/api/company/force-logout", json!({})).await.refused(403, "reauthentication_required");
}
