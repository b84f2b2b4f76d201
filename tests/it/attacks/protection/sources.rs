//! Whose request it is: the address that counts, and one bucket a source.

use reqwest::Method;

use super::{recorded, unlimited};
use crate::support::{App, person::PASSWORD};

const STRICT: [(&str, &str); 2] = [("limits.credentials_per_second", "1"), ("limits.credentials_burst", "20")];

#[tokio::test]
async fn case_33_one_source_that_floods_takes_nobody_elses_share() {
    let mut settings = STRICT.to_vec();
    settings.push(("server.trusted_proxies", "127.0.0.0/8"));
    let app = App::start_with(&settings).await;
    let ada = app.admin_of("Acme").await;
    let flood = app.stranger().wearing(&[("x-forwarded-for", "203.0.113.66")]);
    let mut refused = 0;
    for n in 0..300 {
        let reply = flood.tries_login(&format!("nobody{n}@acme.example"), "Wrong-Guess-77-Rivers").await;
        refused += usize::from(reply.status == 429);
        if n % 3 == 0 {
            let address = format!("198.51.100.{}", n / 3);
            let honest = ada.wearing(&[("x-forwarded-for", &address)]);
            honest.begins_login().await.expect(200);
        }
    }
    assert!(refused > 200, "{refused}");
}

#[tokio::test]
async fn case_34_without_a_configured_proxy_the_socket_counts_whatever_the_client_writes() {
    let app = App::start_with(&STRICT).await;
    let ada = app.admin_of("Acme").await;
    let mut refused = 0;
    for n in 0..60 {
        let address = format!("203.0.113.{n}");
        let liar = app.stranger().wearing(&[
            ("x-forwarded-for", address.as_str()),
            ("x-real-ip", &address),
            ("forwarded", &format!("for={address}")),
        ]);
        let reply = liar.tries_login(&ada.email, "Wrong-Guess-77-Rivers").await;
        refused += usize::from(reply.status == 429);
    }
    assert!(refused >= 30, "one bucket for all of them: {refused}");
    let failed = recorded(&app, "login.failed").await;
    assert!(failed.iter().all(|(ip, _)| ip.as_deref() == Some("127.0.0.1")), "{failed:?}");
}

#[tokio::test]
async fn case_34_behind_a_proxy_the_rightmost_hop_that_is_none_counts() {
    let app = unlimited(&[("server.trusted_proxies", "127.0.0.0/8,10.0.0.0/8")]).await;
    let ada = app.admin_of("Acme").await;
    let chain = ada.wearing(&[("x-forwarded-for", "127.0.0.1, 198.51.100.1, 203.0.113.9, 10.1.2.3")]);
    chain.as_stranger().tries_login(&ada.email, "Wrong-Guess-77-Rivers").await.expect(401);
    assert_eq!(recorded(&app, "login.failed").await[0].0.as_deref(), Some("203.0.113.9"));
}

#[tokio::test]
async fn case_35_another_spelling_of_a_path_is_no_way_in() {
    let app = unlimited(&[]).await;
    let ada = app.admin_of("Acme").await;
    for path in ["//api/auth/login", "/api/auth/login/", "/api/auth/%6cogin", "/API/auth/login", "/api/auth/LOGIN"] {
        let body = serde_json::json!({ "email": ada.email, "password": PASSWORD });
        let reply = app.stranger().asks(Method::POST, path, Some(body)).await;
        assert_eq!(reply.status, 404, "{path}: {}", reply.text);
    }
}
