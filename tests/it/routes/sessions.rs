//! Where one is signed in, and ending it: for oneself, and by an Admin.

use serde_json::{Value, json};

use crate::support::{App, person::Person};

async fn listed(person: &Person, path: &str) -> Vec<Value> {
    person.gets(path).await.expect(200).at("/items").as_array().unwrap().clone()
}

#[tokio::test]
async fn uma_sees_her_devices_and_ends_one() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let phone = uma.signs_in().await;
    let all = listed(&uma, "/api/sessions").await;
    assert_eq!(all.len(), 2);
    let current: Vec<_> = all.iter().filter(|session| session["current"] == true).collect();
    assert_eq!((current.len(), &current[0]["id"]), (1, &json!(uma.session_id().await)));
    assert_eq!((&current[0]["ip"], &current[0]["amr"]), (&json!("127.0.0.1"), &json!(["pwd"])));
    for field in ["device", "created_at", "last_seen_at", "expires_at"] {
        assert!(current[0][field].is_string(), "{field} in {current:?}");
    }

    let gone = phone.session_id().await;
    let mut socket = phone.listens(None).await;
    uma.deletes(&format!("/api/sessions/{gone}")).await.expect(204);
    assert_eq!(socket.until_closed().await.1, 4401);
    phone.gets("/api/users/me").await.refused(401, "session_revoked");
    phone.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(listed(&uma, "/api/sessions").await.len(), 1);
    uma.deletes(&format!("/api/sessions/{gone}")).await.refused(404, "not_found");
    assert_eq!(ada.reads_audit("session.revoked", 1).await.len(), 1);
}

#[tokio::test]
async fn nobody_ends_the_session_of_another_as_their_own() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let foreign = app.admin_of("Globex").await;
    for target in [ada.session_id().await, foreign.session_id().await, ada.id.clone(), "1".into()] {
        uma.deletes(&format!("/api/sessions/{target}")).await.refused(404, "not_found");
    }
    assert!(ada.is_in().await && foreign.is_in().await);
}

#[tokio::test]
async fn an_admin_sees_and_ends_one_session_of_a_person() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let phone = uma.signs_in().await;
    let path = format!("/api/users/{}/sessions", uma.id);
    assert_eq!(listed(&ada, &path).await.len(), 2);
    let gone = phone.session_id().await;
    // The session must be one of this person.
    ada.deletes(&format!("/api/users/{}/sessions/{gone}", ada.id)).await.refused(404, "not_found");
    ada.deletes(&format!("{path}/{gone}")).await.expect(204);
    assert!(uma.is_in().await && !phone.is_in().await);
    let rows = ada.reads_audit("session.revoked", 1).await;
    assert_eq!((&rows[0]["actor"]["id"], &rows[0]["session_id"]), (&json!(ada.id), &json!(gone)));
    ada.deletes(&format!("{path}/{gone}")).await.refused(404, "not_found");
}

#[tokio::test]
async fn other_roles_and_companies_do_not_reach_a_persons_sessions() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (uma, max) = (app.colleague_of(&ada, "uma", "user").await, app.colleague_of(&ada, "max", "manager").await);
    let foreign = app.admin_of("Globex").await;
    let (path, session) = (format!("/api/users/{}/sessions", uma.id), uma.session_id().await);
    for stranger in [&uma, &max] {
        stranger.gets(&path).await.refused(403, "forbidden");
        stranger.deletes(&format!("{path}/{session}")).await.refused(403, "forbidden");
        stranger.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.refused(403, "forbidden");
    }
    foreign.gets(&path).await.refused(404, "not_found");
    foreign.deletes(&format!("{path}/{session}")).await.refused(404, "not_found");
    foreign.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.refused(404, "not_found");
    assert!(uma.is_in().await);
}
