//! Ada asks what was done by people of a role. The log knows the role they had then, not the one they have now.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{App, person::Person};

async fn rows(ada: &Person, query: &str) -> Vec<Value> {
    let page = ada.gets(&format!("/api/audit-logs?limit=200&{query}")).await.expect(200);
    page.at("/items").as_array().unwrap().clone()
}

#[tokio::test]
async fn what_mara_did_as_a_manager_stays_the_act_of_a_manager_when_she_becomes_an_admin() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mara = app.colleague_of(&ada, "mara", "manager").await;
    let invites = |email: &str| json!({ "email": email, "role": "user" });
    mara.posts("/api/invitations", invites("uma@acme.example")).await.expect(201);
    let promoted = ada.asks(Method::PATCH, &format!("/api/users/{}", mara.id), Some(json!({ "role": "admin" }))).await;
    promoted.expect(200);
    let mara = mara.with_tokens(&mara.refreshes().await.expect(200));
    mara.posts("/api/invitations", invites("otto@acme.example")).await.expect(201);
    app.settled(&ada).await;

    let hers = |role: &str| format!("kind=user.invited&actor={}&role={role}", mara.id);
    for (role, wanted) in [("manager", 1), ("admin", 1), ("manager,admin", 2), ("user", 0)] {
        let found = rows(&ada, &hers(role)).await;
        assert_eq!(found.len(), wanted, "{role}: {found:?}");
    }
    for row in rows(&ada, "").await {
        assert_eq!(
            row["actor"]["type"] == "user",
            row["actor_role"].is_string(),
            "whoever has an account has a role: {row}"
        );
    }
    let file = ada.gets("/api/audit-logs/export?format=ndjson&role=manager").await.expect(200).text;
    assert!(
        file.lines().count() >= 1 && file.lines().all(|line| line.contains("\"actor_role\":\"manager\"")),
        "{file}"
    );
    app.settled(&ada).await;
    assert_eq!(rows(&ada, "kind=audit.exported").await[0]["data"]["filter"], json!({ "role": ["manager"] }));
}

#[tokio::test]
async fn the_live_stream_names_the_role_too() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut desk = ada.listens(None).await;
    let mara = app.colleague_of(&ada, "mara", "manager").await;
    let joined = desk.expect("user.joined").await;
    assert_eq!((&joined["actor"]["id"], &joined["actor_role"]), (&json!(mara.id), &json!("manager")));
    mara.as_stranger().tries_login(&mara.email, "wrong-Password-1").await.refused(401, "invalid_credentials");
    assert_eq!(desk.expect("login.failed").await.get("actor_role"), None, "nobody has proved who they are");
}

#[tokio::test]
async fn rows_from_before_roles_were_kept_verify_as_ever_and_belong_to_no_role() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    // As a node of the version before writes it.
    let older = "INSERT INTO outbox (company_id, kind, severity, actor_type, actor_id, data)
        SELECT company_id, 'user.updated', 'info', 'user', id, '{}' FROM users";
    app.db.execute(older).await;
    let whole = app.settled(&ada).await;
    let [row] = &rows(&ada, "kind=user.updated").await[..] else { panic!("one row") };
    assert_eq!((&row["actor"]["id"], &row["actor_role"]), (&json!(ada.id), &Value::Null));
    assert_eq!(rows(&ada, "kind=user.updated&role=admin,manager,user").await, [] as [Value; 0]);
    let found = ada.gets("/api/audit-logs/verify").await.expect(200).json();
    assert_eq!((&found["intact"], &found["verified_rows"]), (&json!(true), &json!(whole)));
}
