//! Invitations: mailed again when they are lost, but never so often that a stranger is flooded.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn nobody_is_flooded_with_invitations() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let body = json!({ "email": "vic@elsewhere.example", "role": "user" });
    let id = ada.posts("/api/invitations", body.clone()).await.expect(201).text_at("/id");
    for _ in 0..4 {
        ada.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.expect(200);
    }
    ada.posts(&format!("/api/invitations/{id}/resend"), json!({})).await.refused(429, "too_many_attempts");
    // A new invitation to the same address is no way round.
    ada.deletes(&format!("/api/invitations/{id}")).await.expect(204);
    ada.posts("/api/invitations", body).await.refused(429, "too_many_attempts");
    assert_eq!(app.mailbox.wait_for("vic@elsewhere.example", 5).await.len(), 5);
    ada.posts("/api/invitations", json!({ "email": "uma@elsewhere.example", "role": "user" })).await.expect(201);
}
