//! Sessions: they end everywhere at once, and nobody chooses their names.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use super::{claims, crafted};
use crate::support::{
    App,
    socket::{Socket, request},
};

#[tokio::test]
async fn case_53_logout_force_logout_and_expiry_close_the_socket_and_the_way_back() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let others = uma.signs_in().await;
    for (which, path, body) in [
        ("this", "/api/auth/logout".to_owned(), json!({})),
        ("all", "/api/auth/logout".to_owned(), json!({ "scope": "all" })),
        ("force", format!("/api/users/{}/force-logout", uma.id), json!({})),
        ("one", String::new(), json!({})),
    ] {
        let session = uma.signs_in().await;
        let mut socket = session.listens(None).await;
        let reply = match which {
            "force" => ada.posts(&path, body).await,
            "one" => {
                let sid = claims(&session)["sid"].as_str().unwrap().to_owned();
                ada.deletes(&format!("/api/users/{}/sessions/{sid}", uma.id)).await
            }
            _ => session.posts(&path, body).await,
        };
        assert!(matches!(reply.status, 200 | 204), "{which}: {reply:?}");
        // What happens after the end is for others.
        ada = ada.signs_in().await;
        let (last, code) = socket.until_closed().await;
        assert_eq!((last["kind"].as_str(), code), (Some("session.revoked"), 4401), "{which}");
        let mut back = request(&session.base, "/api/live");
        back.headers_mut().insert("authorization", format!("Bearer {}", session.access).parse().unwrap());
        back.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
        assert_eq!(Socket::connect(back).await.err(), Some(401), "{which}");
    }
    others.gets("/api/users/me").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn case_53_a_token_that_ends_takes_its_socket_along() {
    let app = App::start_with(&[("tokens.access_seconds", "2")]).await;
    let ada = app.admin_of("Acme").await;
    let mut socket = ada.listens(None).await;
    assert_eq!(socket.until_closed().await.1, 4408);
    ada.gets("/api/users/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn case_54_every_sign_in_gets_a_fresh_session_whatever_the_client_proposes() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let first = claims(&ada);
    let proposed = first["sid"].as_str().unwrap().to_owned();
    let mut seen = BTreeSet::from([proposed.clone()]);
    let body = json!({ "email": ada.email, "password": crate::support::person::PASSWORD }).to_string();
    for header in [("Cookie", format!("sid={proposed}; session={proposed}")), ("X-Session-Id", proposed.clone())] {
        let headers = [("Content-Type", "application/json"), (header.0, header.1.as_str())];
        let path = format!("/api/auth/login?sid={proposed}&session_id={proposed}");
        let reply = crafted(&app, Method::POST, &path, &headers, &body).await.expect(200);
        let sid = claims(&ada.with_tokens(&reply))["sid"].as_str().unwrap().to_owned();
        assert!(seen.insert(sid), "a session came twice");
    }
    for field in ["sid", "session_id", "session"] {
        let mut named = json!({ "email": ada.email, "password": crate::support::person::PASSWORD });
        named[field] = json!(proposed);
        app.stranger().posts("/api/auth/login", named).await.refused(400, "invalid_body");
    }
    // A step-up goes on with the session but never with the token.
    ada.steps_up().await;
    assert_eq!(claims(&ada)["sid"], first["sid"]);
    assert_ne!(claims(&ada)["jti"], first["jti"]);
}
