//! Passwords, addresses and the limits in front of them.

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};

use super::{count, crafted, raw::Raw};
use crate::support::{
    App,
    person::{PASSWORD, Stranger},
};

const JSON: (&str, &str) = ("Content-Type", "application/json");

fn login(email: &Value, password: &str) -> Value {
    json!({ "email": email, "password": password })
}

fn registration(email: &Value, password: &str) -> Value {
    json!({ "company_name": "Zenith", "full_name": "Zoe Zander", "email": email, "password": password })
}

async fn nothing_was_founded(app: &App, companies: i64) {
    assert_eq!(count(app, "SELECT count(*) FROM companies").await, companies);
    assert_eq!(count(app, "SELECT count(*) FROM users").await, companies);
}

#[tokio::test]
async fn case_34_a_forwarded_address_is_believed_from_a_configured_proxy_only() {
    let wrong = json!({ "email": "admin@acme.example", "password": "wrong" }).to_string();
    for (proxies, line, expected) in [
        ("", "203.0.113.9", "127.0.0.1"),
        ("10.0.0.0/8", "203.0.113.9", "127.0.0.1"),
        ("127.0.0.0/8", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.0/8", "203.0.113.9, 127.0.0.7", "203.0.113.9"),
    ] {
        let app = App::start_with(&[("server.trusted_proxies", proxies)]).await;
        let ada = app.admin_of("Acme").await;
        let mut desk = ada.listens(None).await;
        for header in ["X-Real-IP", "Forwarded", "X-Client-IP", "CF-Connecting-IP"] {
            let headers = [JSON, ("X-Forwarded-For", line), (header, "192.0.2.66")];
            crafted(&app, Method::POST, "/api/auth/login", &headers, &wrong).await.refused(401, "invalid_credentials");
            assert_eq!(desk.expect("login.failed").await["ip"], expected, "{proxies} {line} {header}");
        }
    }
}

#[tokio::test]
async fn case_34_writing_other_addresses_does_not_reach_another_bucket() {
    let app = App::start_with(&[("limits.credentials_burst", "5"), ("limits.credentials_per_second", "1")]).await;
    let mut refused = 0;
    for n in 0..20 {
        let line = format!("203.0.113.{n}");
        let body = login(&json!(format!("nobody-{n}@acme.example")), "wrong").to_string();
        let reply = crafted(&app, Method::POST, "/api/auth/login", &[JSON, ("X-Forwarded-For", &line)], &body).await;
        refused += u32::from(reply.status == 429);
    }
    assert!(refused >= 10, "only {refused} of 20 were refused");
}

#[tokio::test]
async fn case_35_other_spellings_of_a_path_are_no_second_door() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let body = login(&json!(ada.email), PASSWORD).to_string();
    let mut raw = Raw::to(&app);
    let mut post = async |path: &str| {
        let length = body.len();
        let head =
            format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {length}");
        raw.sends(format!("{head}\r\n\r\n{body}").as_bytes()).await.0
    };
    assert_eq!(post("/api/auth/login").await, 200, "the one spelling works");
    for path in [
        "//api/auth/login",
        "/api//auth/login",
        "/api/auth//login",
        "/api/auth/login/",
        "/api/auth/login//",
        "/api/auth/%6cogin",
        "/api/auth/%6Cogin",
        "/api/%61uth/login",
        "/API/AUTH/LOGIN",
        "/api/auth/Login",
        "/api/auth/./login",
        "/api/users/../auth/login",
        "/api/auth/login;x=1",
        "/api/auth/login%00",
        "/api/auth/login%20",
        "/api/auth/login%2f",
        "/api/auth\\login",
    ] {
        let status = post(path).await;
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

#[tokio::test]
async fn case_37_an_endless_password_costs_nothing_and_a_long_one_counts_to_its_last_character() {
    let app = App::start().await;
    app.admin_of("Acme").await;
    let stranger = app.stranger();
    for length in [1024 * 1024, 60_000, 5_000] {
        let password = "x".repeat(length);
        let begun = Instant::now();
        let reply = stranger.posts("/api/auth/register", registration(&json!("z@zenith.example"), &password)).await;
        assert!(matches!(reply.status, 400 | 413), "{length}: {reply:?}");
        assert!(begun.elapsed() < Duration::from_secs(1), "{length} took {:?}", begun.elapsed());
        let reply = stranger.tries_login("admin@acme.example", &password).await;
        assert!(matches!(reply.status, 400 | 401 | 413), "{length}: {reply:?}");
    }
    nothing_was_founded(&app, 1).await;
    let long: String = "zq8 Lw ümbrella trumpet 41 ".chars().cycle().take(256).collect();
    stranger.posts("/api/auth/register", registration(&json!("z@zenith.example"), &long)).await.expect(201);
    let last_differs: String = long.chars().take(255).chain(['!']).collect();
    stranger.tries_login("z@zenith.example", &last_differs).await.refused(401, "invalid_credentials");
    stranger.tries_login("z@zenith.example", &long).await.expect(200);
}

#[tokio::test]
async fn case_38_look_alike_addresses_are_refused_and_no_mail_leaves() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.mailbox.wait_for(&ada.email, 2).await;
    let mails = app.mailbox.items(None).len();
    for email in [
        "admin\u{ff20}acme.example",
        "adm\u{131}n@acme.example",
        "admin@acm\u{435}.example",
        "stra\u{df}e@acme.example",
        "cu\u{308}re@acme.example",
        "admin@acme\u{3002}example",
        "admin@acme.example\u{200b}",
        " admin@acme.example",
        "admin@acme.example\r\nBcc: v@evil.example",
        "\"admin\"@acme.example",
    ] {
        let stranger = app.stranger();
        stranger.posts("/api/auth/login", login(&json!(email), PASSWORD)).await.refused(400, "invalid_input");
        stranger.posts("/api/auth/register", registration(&json!(email), PASSWORD)).await.refused(400, "invalid_input");
        let body = json!({ "email": email, "role": "user" });
        ada.posts("/api/invitations", body).await.refused(400, "invalid_input");
    }
    nothing_was_founded(&app, 1).await;
    assert_eq!(count(&app, "SELECT count(*) FROM mail_outbox WHERE sent_at IS NULL").await, 0);
    assert_eq!(app.mailbox.items(None).len(), mails, "no mail left");
}

#[tokio::test]
async fn case_40_case_twins_are_one_account() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for twin in ["ADMIN@acme.example", "admin@ACME.example", "Admin@Acme.Example"] {
        ada.posts("/api/invitations", json!({ "email": twin, "role": "user" })).await.refused(409, "conflict");
        let reply = app.stranger().tries_login(twin, PASSWORD).await.expect(200);
        assert_eq!(reply.text_at("/user/id"), ada.id);
    }
    let shouting = "UPDATE users SET email_norm = 'ADMIN@acme.example'"; // even past the program only one form fits
    let twin = format!(
        "INSERT INTO users (company_id, id, email, email_norm, full_name, role)
         SELECT company_id, gen_random_uuid(), email, email_norm, full_name, role FROM users; {shouting}"
    );
    let mut all = app.db.connect("postgres").await;
    let refused = sqlx::Executor::execute(&mut all, sqlx::AssertSqlSafe(twin)).await;
    assert!(refused.unwrap_err().to_string().contains("users_email_unique"));
}

#[tokio::test]
async fn case_41_arrays_numbers_and_objects_are_no_addresses() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.mailbox.wait_for(&ada.email, 2).await;
    let mails = app.mailbox.items(None).len();
    let stranger: Stranger = app.stranger();
    for email in [
        json!(["admin@acme.example", "thief@evil.example"]),
        json!({ "0": "admin@acme.example" }),
        json!({ "$ne": "" }),
        json!(7),
        json!(true),
        Value::Null,
        json!([]),
    ] {
        stranger.posts("/api/auth/login", login(&email, PASSWORD)).await.refused(400, "invalid_body");
        stranger.posts("/api/auth/register", registration(&email, PASSWORD)).await.refused(400, "invalid_body");
        let body = json!({ "email": email, "role": "user" });
        ada.posts("/api/invitations", body).await.refused(400, "invalid_body");
    }
    let twice = r#"{"email":"admin@acme.example","email":"thief@evil.example","password":"x"}"#;
    crafted(&app, Method::POST, "/api/auth/login", &[JSON], twice).await.refused(400, "invalid_body");
    for body in ["[]", "null", "\"x\"", "[\"admin@acme.example\",\"x\"]", "", "{", "{}{}"] {
        crafted(&app, Method::POST, "/api/auth/login", &[JSON], body).await.refused(400, "invalid_body");
    }
    nothing_was_founded(&app, 1).await;
    assert_eq!(app.mailbox.items(None).len(), mails, "no mail left");
}

#[tokio::test]
async fn case_42_weak_passwords_that_look_complex_are_refused() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let token = ada.invites(&app, "uma@acme.example", "user").await;
    for (password, why) in [
        ("Password1234!", "too_common"),
        ("Company2026!", "too_common"),
        ("P@ssw0rd2024!", "too_common"),
        ("Qwertyuiop12!", "too_common"),
        ("Zander#20260!", "too_personal"),
        ("Xy7!Xy7!Xy7!Xy7!", "too_weak"),
        ("aaaaaaaaaaaaaaaa", "too_weak"),
        ("short1!", "too_short"),
    ] {
        let body = registration(&json!("zoe@zenith.example"), password);
        let refused = app.stranger().posts("/api/auth/register", body).await.refused(400, "invalid_input");
        assert_eq!(refused.at("/errors/0/pointer"), "/password", "{password}");
        assert_eq!(refused.at("/errors/0/code"), why, "{password}");
        assert!(!refused.text.contains(password), "the answer does not repeat the password");
    }
    for password in ["Password1234!", "Company2026!", "Acme#Acme#26!"] {
        let body = json!({ "token": token, "full_name": "Uma User", "password": password });
        app.stranger().posts("/api/invitations/accept", body).await.refused(400, "invalid_input");
    }
    nothing_was_founded(&app, 1).await;
    app.stranger().accepts(&token, "uma@acme.example", "acme").await; // the link was not spent
}
