//! Guessing passwords: the account's limit holds from everywhere, unknown addresses count alike, and the owner on a device
//! of theirs does not feel it.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{recorded, unlimited};
use crate::support::{
    App,
    person::{PASSWORD, Person},
};

const PROXY: (&str, &str) = ("server.trusted_proxies", "127.0.0.0/8");

fn from(address: &str) -> [(&str, &str); 2] {
    [("x-forwarded-for", address), ("user-agent", "guesser/1")]
}

#[tokio::test]
async fn case_13_a_thousand_sources_share_the_accounts_limit() {
    let app = unlimited(&[PROXY]).await;
    let ada = app.admin_of("Acme").await;
    let stranger = app.stranger();
    for n in 0..1000 {
        let address = format!("203.0.{}.{}", n / 250, n % 250);
        let guess = stranger.wearing(&from(&address)).tries_login(&ada.email, "Wrong-Guess-77-Rivers").await;
        guess.refused(401, "invalid_credentials");
    }
    assert_eq!(recorded(&app, "login.locked").await.len(), 1, "told once");
    let lucky = stranger.wearing(&from("198.51.100.1")).tries_login(&ada.email, PASSWORD).await;
    lucky.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn case_30_unknown_addresses_lock_like_known_ones() {
    let app = unlimited(&[PROXY]).await;
    let ada = app.admin_of("Acme").await;
    let stranger = app.stranger().wearing(&from("203.0.113.1"));
    let mut seen = Vec::new();
    for email in [ada.email.as_str(), "nobody@acme.example"] {
        let mut replies = Vec::new();
        for _ in 0..15 {
            let reply = stranger.tries_login(email, "Wrong-Guess-77-Rivers").await;
            replies.push((reply.status, reply.without_request_id()));
        }
        seen.push(replies);
    }
    assert_eq!(seen[0], seen[1]);
}

async fn attack(app: &App, victim: &Person) {
    let attacker = app.stranger().wearing(&from("203.0.113.66"));
    for _ in 0..1000 {
        attacker.tries_login(&victim.email, "Wrong-Guess-77-Rivers").await.refused(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn case_32_the_owner_on_a_known_device_does_not_feel_a_thousand_bad_logins_from_elsewhere() {
    let app = unlimited(&[PROXY]).await;
    let ada = app.admin_of("Acme").await;
    let home = ada.wearing(&[("x-forwarded-for", "192.0.2.10"), ("user-agent", "tool/1")]);
    home.begins_login().await.expect(200);
    let browser = [("x-voxgate-client", "web"), ("origin", &app.base(0)), ("x-forwarded-for", "192.0.2.11")];
    let first = ada.wearing(&browser).begins_login().await.expect(200);
    let cookies: Vec<_> = first.headers.get_all("set-cookie").iter().map(|line| line.to_str().unwrap()).collect();
    let device = cookies.iter().find(|line| line.starts_with("voxgate_device=")).expect("a device cookie");
    let device = device.split(';').next().unwrap();

    attack(&app, &ada).await;
    let started = Instant::now();
    home.begins_login().await.expect(200);
    // Another address of the same network, as after a new lease.
    let moved = ada.wearing(&[("x-forwarded-for", "192.0.2.200"), ("user-agent", "tool/1")]);
    moved.begins_login().await.expect(200);
    // The same browser in another country.
    let travelled = [browser[0], browser[1], ("x-forwarded-for", "198.51.100.9"), ("cookie", device)];
    ada.wearing(&travelled).begins_login().await.expect(200);
    assert!(started.elapsed() < Duration::from_secs(5));
    let body = json!({ "password": PASSWORD });
    home.posts("/api/auth/reauthenticate", body).await.expect(200);

    // Who only claims to be a device, or is a stranger, is locked.
    let forged = [browser[0], browser[1], ("x-forwarded-for", "198.51.100.9"), ("cookie", "voxgate_device=forged")];
    ada.wearing(&forged).begins_login().await.refused(401, "invalid_credentials");
    ada.wearing(&from("203.0.113.66")).begins_login().await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn guesses_on_a_known_device_are_limited_too() {
    let app = unlimited(&[]).await;
    let ada = app.admin_of("Acme").await;
    for _ in 0..10 {
        let guess = ada.as_stranger().tries_login(&ada.email, "Wrong-Guess-77-Rivers").await;
        guess.refused(401, "invalid_credentials");
    }
    ada.begins_login().await.refused(401, "invalid_credentials");
}
