//! Secrets where they do not belong, and links that lead elsewhere.

use reqwest::Method;
use serde_json::json;
use sqlx::AssertSqlSafe;

use super::crafted;
use crate::support::{App, authenticator::Authenticator, person::PASSWORD};

#[tokio::test]
async fn case_89_links_in_mails_follow_the_settings_whatever_the_request_says() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let bearer = format!("Bearer {}", ada.access);
    for (n, (name, value)) in [
        ("Host", "evil.example"),
        ("X-Forwarded-Host", "evil.example"),
        ("Forwarded", "host=evil.example;proto=https"),
        ("X-Forwarded-Proto", "gopher"),
        ("X-Original-URL", "https://evil.example/"),
        ("Referer", "https://evil.example/"),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("guest-{n}@acme.example");
        let body = json!({ "email": email, "role": "user" }).to_string();
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json"), (name, value)];
        crafted(&app, Method::POST, "/api/invitations", &headers, &body).await.expect(201);
        let mail = app.mailbox.wait_for(&email, 1).await.remove(0);
        for text in [&mail.text, &mail.html] {
            assert!(!text.contains("evil.example") && !text.contains("gopher"), "{name}: {text}");
            assert!(text.contains(&format!("{}/", app.base(0))), "{name}: {text}");
        }
    }
}

#[tokio::test]
async fn case_93_no_secret_that_was_ever_issued_stands_in_the_log_or_in_the_database() {
    let app = App::start_with(&[("log.filter", "trace")]).await;
    let mut ada = app.admin_of("Acme").await;
    let mut secrets = vec![PASSWORD.to_owned(), ada.access.clone(), ada.refresh.clone()];
    let setup = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    secrets.push(setup.text_at("/secret"));
    let mut authenticator = Authenticator::typed(&setup.text_at("/secret"));
    let enabled = ada.posts("/api/auth/mfa/enable", json!({ "code": authenticator.next_code() })).await.expect(200);
    let codes: Vec<String> = serde_json::from_value(enabled.at("/backup_codes")).unwrap();
    secrets.extend(codes.clone());
    ada = ada.with_tokens(&enabled);
    secrets.push(ada.access.clone());
    let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    ada.answers(&token, "Wrong-Code-91").await.refused(401, "invalid_code");
    let phone = ada.with_tokens(&ada.answers_with_backup(&token, &codes[0]).await.expect(200));
    let renewed = phone.with_tokens(&phone.refreshes().await.expect(200));
    let ticket = ada.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    let invitation = ada.invites(&app, "uma@acme.example", "user").await;
    app.stranger().tries_login(&ada.email, "Wrong-Password-17").await.refused(401, "invalid_credentials");
    app.stranger().posts("/api/auth/refresh", json!({ "refresh_token": "vgr_Wrong-Token-5" })).await.expect(401);
    ada.bearing("Wrong-Bearer-3").gets("/api/users/me").await.expect(401);
    ada.gets("/api/users/me?access_token=Wrong-Query-8").await;
    secrets.extend([token, phone.access, phone.refresh, renewed.access, renewed.refresh, ticket, invitation.clone()]);
    for typed in ["Wrong-Code-91", "Wrong-Password-17", "Wrong-Token-5", "Wrong-Bearer-3", "Wrong-Query-8"] {
        secrets.push(typed.to_owned());
    }
    app.stranger().accepts(&invitation, "uma@acme.example", "acme").await;

    let log = app.log(0);
    assert!(log.iter().any(|line| line.contains("/api/auth/login")), "the log was read");
    for line in &log {
        serde_json::from_str::<serde_json::Value>(line).unwrap_or_else(|_| panic!("one JSON object a line: {line}"));
        assert!(!secrets.iter().any(|secret| line.contains(secret)), "in the log: {line}");
    }
    let mut all = app.db.connect("postgres").await;
    let tables = "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut all).await.unwrap();
    assert!(tables.len() > 12, "{tables:?}");
    for table in tables {
        let rows = format!("SELECT t::text FROM {table} t");
        let rows: Vec<String> = sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut all).await.unwrap();
        for row in rows {
            assert!(!secrets.iter().any(|secret| row.contains(secret)), "in {table}: {row}");
        }
    }
}
