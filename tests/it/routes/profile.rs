//! One's own profile: the name can be written, nothing else.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn uma_changes_her_name_and_the_desk_sees_it() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let changed = uma.puts("/api/users/me", json!({ "full_name": "  Uma Ünal " })).await.expect(200);
    assert_eq!(changed.at("/full_name"), "Uma Ünal");
    assert_eq!(uma.gets("/api/users/me").await.expect(200).json(), changed.json());
    assert_eq!(ada.gets(&format!("/api/users/{}", uma.id)).await.expect(200).at("/full_name"), "Uma Ünal");
    let rows = ada.reads_audit("user.updated", 1).await;
    assert_eq!((rows.len(), &rows[0]["actor"]["id"]), (1, &json!(uma.id)));
}

#[tokio::test]
async fn nobody_writes_their_own_role_company_or_flags() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let before = app.db.picture().await;
    for field in ["role", "company_id", "email", "status", "mfa_enabled", "email_verified", "id", "password_hash"] {
        let body = json!({ "full_name": "Eve", field: "admin" });
        let refused = uma.puts("/api/users/me", body).await.refused(400, "invalid_body");
        assert_eq!(refused.at("/errors/0/pointer"), format!("/{field}"));
    }
    for name in ["", "  ", "a\nb", &"x".repeat(101)] {
        let refused = uma.puts("/api/users/me", json!({ "full_name": name })).await.refused(400, "invalid_input");
        assert_eq!(refused.at("/errors/0/pointer"), "/full_name");
    }
    uma.puts("/api/users/me", json!({})).await.refused(400, "invalid_body");
    assert_eq!(app.db.picture().await, before);
}
