//! An Admin throws a person out of every device: sockets close, tokens are refused, the desk and the audit log show it
//! with the same number, the person gets a mail.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn uma_is_signed_in_thrice_and_out_everywhere_at_one_click() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let (phone, script) = (uma.signs_in().await, uma.signs_in().await);
    let mut desk = ada.listens(None).await;
    let mut sockets = [uma.listens(None).await, phone.listens(None).await];

    let path = format!("/api/users/{}/force-logout", uma.id);
    let receipt = ada.posts(&path, json!({ "reason": "laptop stolen" })).await.expect(200);
    assert_eq!((receipt.at("/sessions_revoked"), receipt.at("/sockets_closed")), (json!(3), json!(2)));

    for session in [&uma, &phone, &script] {
        session.gets("/api/users/me").await.refused(401, "session_revoked");
        session.refreshes().await.refused(401, "invalid_refresh_token");
    }
    for socket in &mut sockets {
        let (last, code) = socket.until_closed().await;
        assert_eq!((&last["kind"], code), (&json!("session.revoked"), 4401));
    }

    let shown = desk.expect("session.revoked").await;
    assert_eq!(shown["data"]["revocation_id"], receipt.at("/revocation_id"));
    assert_eq!(shown["data"]["note"], "laptop stolen");
    let row = ada.gets("/api/audit-logs?kind=session.revoked&limit=1").await.expect(200).at("/items/0");
    assert_eq!((&row["seq"], &row["data"]), (&shown["seq"], &shown["data"]));

    let mails = app.mailbox.wait_for(&uma.email, 2).await;
    assert!(mails.iter().any(|mail| mail.subject.contains("signed out")), "{mails:?}");
    uma.signs_in().await.gets("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn signing_out_everywhere_else_leaves_this_device_alone() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let (phone, script) = (ada.signs_in().await, ada.signs_in().await);
    let mut here = ada.listens(None).await;
    let mut there = phone.listens(None).await;
    ada.posts("/api/auth/logout", json!({ "scope": "others" })).await.expect(204);
    for session in [&phone, &script] {
        session.gets("/api/users/me").await.refused(401, "session_revoked");
        session.refreshes().await.refused(401, "invalid_refresh_token");
    }
    assert_eq!(there.until_closed().await.1, 4401);
    assert_eq!(here.expect("session.revoked").await["data"]["sessions_revoked"], 2);
    ada.gets("/api/users/me").await.expect(200);
    ada.refreshes().await.expect(200);
}
