//! Access tokens end; a connection lives on with a newer one of its own session.

use std::time::Duration;

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn a_renewed_connection_outlives_its_first_token_and_one_that_is_not_ends_with_4408() {
    let app = App::start_with(&[("tokens.access_seconds", "4")]).await;
    let mut ada = app.admin_of("Acme").await;
    let mut lazy = ada.listens(None).await;
    let mut diligent = ada.listens(None).await;
    let ended = tokio::spawn(async move { lazy.until_closed().await.1 });

    let mut beat = tokio::time::interval(Duration::from_millis(500));
    while !ended.is_finished() {
        beat.tick().await;
        ada = ada.with_tokens(&ada.refreshes().await.expect(200));
        diligent.says(json!({ "kind": "renew", "access_token": ada.access })).await;
        diligent.expect("head").await;
    }
    assert_eq!(ended.await.unwrap(), 4408);
    diligent.says(json!({ "kind": "ping" })).await;
    diligent.expect("head").await;
}

#[tokio::test]
async fn somebody_elses_token_or_an_ended_one_does_not_renew() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let other = ada.signs_in().await;
    for (token, code) in [(&uma.access, 1008), (&other.access, 1008)] {
        let mut socket = ada.listens(None).await;
        socket.says(json!({ "kind": "renew", "access_token": token })).await;
        assert_eq!(socket.until_closed().await.1, code);
    }
    let ended = ada.signs_in().await;
    ended.posts("/api/auth/logout", json!({})).await.expect(204);
    for token in [ended.access.as_str(), "no.such.token"] {
        let mut socket = ada.listens(None).await;
        socket.says(json!({ "kind": "renew", "access_token": token })).await;
        assert_eq!(socket.until_closed().await.1, 4401);
    }
}
