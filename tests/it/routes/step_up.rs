//! Sensitive routes ask for a recent proof; giving it is guarded like a sign-in.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{App, person::PASSWORD};

/// The routes that need a proof, as the published document says, so that a new one is tested by itself.
async fn guarded_routes(app: &App) -> Vec<(Method, String)> {
    let document = app.stranger().gets("/api/openapi.json").await.expect(200).json();
    let mut guarded = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if operation["responses"]["403"].to_string().contains("reauthentication_required") {
                guarded.push((method.to_uppercase().parse().unwrap(), path.clone()));
            }
        }
    }
    guarded
}

#[tokio::test]
async fn an_old_proof_opens_no_sensitive_route_and_a_new_one_does() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let guarded = guarded_routes(&app).await;
    let known = ["/api/auth/mfa/setup", "/api/auth/mfa/disable", "/api/auth/mfa/backup-codes"];
    for path in known {
        assert!(guarded.iter().any(|(_, guarded)| guarded == path), "{path} is not in {guarded:?}");
    }
    app.proofs_grow_old().await;
    let before = app.db.picture().await;
    for (method, path) in &guarded {
        let path = path.replace("{id}", &ada.id).replace("{sid}", &ada.id);
        let body = (*method != Method::GET).then(|| json!({}));
        ada.asks(method.clone(), &path, body).await.refused(403, "reauthentication_required");
    }
    assert_eq!(app.db.picture().await, before);
    // What is not sensitive goes on.
    assert!(ada.is_in().await);
    ada.steps_up().await;
    ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
}

#[tokio::test]
async fn the_proof_needs_the_password_and_the_code_where_there_is_one() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let prove = |ada: &crate::support::person::Admin, body: Value| {
        let ada = ada.clone();
        async move { ada.posts("/api/auth/reauthenticate", body).await }
    };
    prove(&ada, json!({ "password": "wrong" })).await.refused(401, "invalid_credentials");
    prove(&ada, json!({})).await.refused(400, "invalid_body");
    ada.enrolls().await;
    app.proofs_grow_old().await;

    let missing = prove(&ada, json!({ "password": PASSWORD })).await.refused(400, "invalid_input");
    assert_eq!((missing.at("/errors/0/pointer"), missing.at("/errors/0/code")), (json!("/code"), json!("required")));
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    prove(&ada, json!({ "password": PASSWORD, "code": wrong })).await.refused(401, "invalid_code");
    let code = app.fresh_code(&mut ada).await;
    prove(&ada, json!({ "password": "wrong", "code": code })).await.refused(401, "invalid_credentials");
    ada.gets("/api/auth/mfa/backup-codes").await.refused(403, "reauthentication_required");

    let before = ada.gets("/api/auth/session").await.expect(200);
    let proved = prove(&ada, json!({ "password": PASSWORD, "code": code })).await.expect(200);
    prove(&ada, json!({ "password": PASSWORD, "code": code })).await.refused(401, "invalid_code");
    // The proof counts for the session: an older token of it passes too.
    ada.gets("/api/auth/mfa/backup-codes").await.expect(200);
    let ada = ada.with_tokens(&proved);
    let after = ada.gets("/api/auth/session").await.expect(200);
    assert_eq!(after.at("/session_id"), before.at("/session_id"));
    assert_eq!(after.at("/auth_time").as_str().unwrap()[..19], proved.text_at("/auth_time")[..19]);
    assert_eq!(after.at("/amr"), json!(["pwd", "otp", "mfa"]));
    let rows = ada.reads_audit("session.reauthenticated", 1).await;
    assert_eq!(rows.len(), 1);
    assert_eq!(ada.reads_audit("mfa.code_replayed", 1).await.len(), 1);
}

#[tokio::test]
async fn a_stolen_session_gains_no_guesses_at_the_password() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    for _ in 0..5 {
        ada.posts("/api/auth/reauthenticate", json!({ "password": "wrong" })).await.refused(401, "invalid_credentials");
        app.stranger().tries_login(&ada.email, "wrong").await.refused(401, "invalid_credentials");
    }
    let locked = ada.posts("/api/auth/reauthenticate", json!({ "password": PASSWORD })).await;
    locked.refused(429, "too_many_attempts");
    ada.begins_login().await.refused(401, "invalid_credentials");
    app.db.execute("DELETE FROM attempts").await;
    ada.steps_up().await;
}

#[tokio::test]
async fn renewing_a_session_renews_no_proof() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.proofs_grow_old().await;
    let ada = ada.with_tokens(&ada.refreshes().await.expect(200));
    ada.posts("/api/auth/mfa/setup", json!({})).await.refused(403, "reauthentication_required");
}
