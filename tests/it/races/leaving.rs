//! Signing in against throwing out: whoever came before the end is out, whoever came after is in, and nothing between.

use std::time::Instant;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::{CLIENTS, all_is_recorded, installation, of_status, on_one_node_and_on_two, only, race, recorded};
use crate::support::{
    App,
    app::DEADLINE,
    person::{PASSWORD, Person},
    reply::Reply,
};

on_one_node_and_on_two! {
    a_storm_of_sign_ins_against_out_everywhere,
    a_storm_of_sign_ins_against_a_forced_logout,
    everybody_throws_uma_out_at_once,
}

/// The account's epoch an access token was issued in.
fn epoch_of(reply: &Reply) -> i64 {
    let token = reply.text_at("/access_token");
    let claims = BASE64URL_NOPAD.decode(token.split('.').nth(1).unwrap().as_bytes()).unwrap();
    serde_json::from_slice::<Value>(&claims).unwrap()["epoch"].as_i64().unwrap()
}

/// A token dies at every node, at once where it was ended and as soon as the others have heard of it.
async fn is_out_everywhere(app: &App, person: &Person) {
    person.refreshes().await.refused(401, "invalid_refresh_token");
    for node in 0..app.nodes() {
        let (there, asked) = (person.before(app, node), Instant::now());
        while there.is_in().await {
            assert!(node > 0 && asked.elapsed() < DEADLINE, "node {node} still lets in");
        }
    }
}

/// Everybody signs in as Uma while, in the midst of it, `end` throws her out at the first node.
async fn storm<F>(nodes: usize, end: impl Fn(Person, Person) -> F)
where
    F: Future<Output = Reply>,
{
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let before = uma.signs_in().await;
    let login = json!({ "email": uma.email, "password": PASSWORD });
    let replies = race(&app, CLIENTS, |stranger, number| {
        let (ada, uma, login, end) = (ada.clone(), uma.clone(), login.clone(), &end);
        async move {
            if number == CLIENTS / 3 { end(ada, uma).await } else { stranger.posts("/api/auth/login", login).await }
        }
    });
    let replies = replies.await;
    // A password that was right for an account that changed meanwhile is refused like a wrong one.
    only(&replies, &[200, 204, 401]);
    for old in [&uma, &before] {
        is_out_everywhere(&app, old).await;
    }
    let epoch: i64 = app.db.value(&format!("SELECT auth_epoch FROM users WHERE id = '{}'", uma.id)).await;
    let opened = of_status(&replies, 200).into_iter().filter(|reply| reply.json()["access_token"].is_string());
    let (in_time, too_early): (Vec<_>, Vec<_>) = opened.partition(|reply| epoch_of(reply) == epoch);
    for reply in &too_early {
        is_out_everywhere(&app, &uma.with_tokens(reply)).await;
    }
    for reply in &in_time {
        assert!(uma.with_tokens(reply).is_in().await);
    }
    let live = format!("sessions WHERE user_id = '{}' AND revoked_at IS NULL", uma.id);
    assert_eq!(app.db.count(&live).await, i64::try_from(in_time.len()).unwrap(), "no session survived unseen");
    all_is_recorded(&app, &ada).await;
    let opened = i64::try_from(in_time.len() + too_early.len()).unwrap();
    assert_eq!(recorded(&app, "login.succeeded").await, opened + 1, "one row for each sign-in");
    assert_eq!(recorded(&app, "session.revoked").await, 1);
}

async fn a_storm_of_sign_ins_against_out_everywhere(nodes: usize) {
    storm(nodes, |_, uma| async move { uma.posts("/api/auth/logout", json!({ "scope": "all" })).await }).await;
}

async fn a_storm_of_sign_ins_against_a_forced_logout(nodes: usize) {
    storm(nodes, |ada, uma| async move { ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await })
        .await;
}

async fn everybody_throws_uma_out_at_once(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let phone = uma.signs_in().await;
    let path = format!("/api/users/{}/force-logout", uma.id);
    let replies = race(&app, CLIENTS, |stranger, _| {
        let (ada, path) = (ada.in_front_of(&stranger), path.clone());
        async move { ada.posts(&path, json!({})).await }
    });
    let replies = replies.await;
    only(&replies, &[200]);
    let ended: i64 = replies.iter().map(|reply| reply.at("/sessions_revoked").as_i64().unwrap()).sum();
    assert_eq!(ended, 2, "each session was ended once");
    for session in [&uma, &phone] {
        is_out_everywhere(&app, session).await;
    }
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "session.revoked").await, 100, "one row for each receipt");
}
