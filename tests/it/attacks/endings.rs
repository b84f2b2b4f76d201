//! What a reset and a deactivation leave behind: nothing.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{count, hands_out_tokens};
use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{PASSWORD, Person, token_in},
    reply::Reply,
};

const FRESH: &str = "Copper-Lantern-41-Rivers";

async fn reset_link(app: &App, person: &Person) -> String {
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": person.email })).await.expect(202);
    let subject = "Set a new password";
    let arrived =
        async || app.mailbox.items(Some(&person.email)).into_iter().rev().find(|mail| mail.subject == subject);
    token_in(&eventually(subject, DEADLINE, arrived).await.text)
}

async fn resets(app: &App, token: &str) -> Reply {
    let body = json!({ "token": token, "new_password": FRESH });
    app.stranger().posts("/api/auth/password/reset", body).await
}

#[tokio::test]
async fn case_27_a_reset_hands_out_nothing_and_the_next_sign_in_asks_for_the_code() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let done = resets(&app, &reset_link(&app, &ada).await).await.expect(204);
    assert!(!hands_out_tokens(&done) && done.text.is_empty(), "{done:?}");
    let first = ada.as_stranger().tries_login(&ada.email, FRESH).await.expect(200);
    assert_eq!(first.text_at("/status"), "mfa_required");
    assert!(!hands_out_tokens(&first), "{first:?}");
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    ada.answers(&first.text_at("/mfa_token"), &wrong).await.refused(401, "invalid_code");
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&first.text_at("/mfa_token"), &code).await.expect(200);
}

#[tokio::test]
async fn case_50_no_refresh_token_survives_a_reset() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let (phone, laptop) = (ada.signs_in().await, ada.signs_in().await);
    let renewed = phone.with_tokens(&phone.refreshes().await.expect(200));
    resets(&app, &reset_link(&app, &ada).await).await.expect(204);
    for device in [&ada, &phone, &renewed, &laptop] {
        device.refreshes().await.refused(401, "invalid_refresh_token");
    }
    assert_eq!(count(&app, "SELECT count(*) FROM sessions WHERE revoked_at IS NULL").await, 0);
}

/// Whether every route that asks for a token refuses this one.
async fn opens_nothing(person: &Person) {
    let document = person.gets("/api/openapi.json").await.expect(200).json();
    let mut doors = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let signed = operation["security"].as_array().is_some_and(|list| !list.is_empty());
            let method: Method = method.to_uppercase().parse().unwrap();
            if !signed || path == "/api/auth/refresh" {
                continue;
            }
            let parts = path.split('/').map(|part| if part.starts_with('{') { &person.id } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            let body = (method != Method::GET).then(|| json!({}));
            let reply = person.asks(method.clone(), &path, body).await;
            assert_eq!(reply.status, 401, "{method} {path}: {reply:?}");
            doors += 1;
        }
    }
    assert!(doors > 30, "the document holds the API: {doors}");
}

#[tokio::test]
async fn cases_51_and_79_who_is_deactivated_opens_no_door_of_any_node_and_neither_does_what_they_left() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let invitation = max.invites(&app, "friend@acme.example", "user").await;
    let link = reset_link(&app, &max).await;
    let elsewhere = max.before(&app, second);
    elsewhere.gets("/api/users").await.expect(200);

    ada.posts(&format!("/api/users/{}/deactivate", max.id), json!({})).await.expect(200);
    assert!(!max.is_in().await, "at once where it was done");
    let refused = async || (!elsewhere.is_in().await).then_some(());
    eventually("the other node refuses", Duration::from_secs(1), refused).await;
    for door in [&max, &elsewhere] {
        opens_nothing(door).await;
    }
    max.refreshes().await.refused(401, "invalid_refresh_token");
    max.begins_login().await.refused(401, "invalid_credentials");
    resets(&app, &link).await.refused(400, "invalid_link");
    let body = json!({ "token": invitation, "full_name": "A Friend", "password": PASSWORD });
    app.stranger().posts("/api/invitations/accept", body).await.refused(410, "link_used");
}
