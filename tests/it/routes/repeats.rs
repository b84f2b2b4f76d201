//! Creating requests that are sent again under an `Idempotency-Key`, because an answer was lost or a button pressed twice.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::Connection;

use crate::support::{
    App,
    db::run,
    eventually::eventually,
    person::{PASSWORD, Person, Stranger, token_in},
    reply::Reply,
};

const KEY: &str = "8e03978e-40d5-43dd-bc93-6894a57f9324";
const OTHER: &str = "0b6e7c1a-2f53-4f0e-9a36-d7a5b1c0e511";

/// Sends something under a key.
async fn under(key: &str, stranger: &Stranger, path: &str, body: Value) -> Reply {
    stranger.wearing(&[("idempotency-key", key)]).posts(path, body).await
}

async fn invites(ada: &Person, key: &str, email: &str) -> Reply {
    let body = json!({ "email": email, "role": "user" });
    ada.wearing(&[("idempotency-key", key)]).posts("/api/invitations", body).await
}

fn acme(password: &str) -> Value {
    json!({
        "company_name": "Acme", "company_slug": "acme", "full_name": "Ada Admin", "email": "ada@acme.example",
        "password": password,
    })
}

#[tokio::test]
async fn a_company_is_registered_once_and_the_lost_answer_comes_again() {
    let app = App::start().await;
    let register = async |key: &str, body: Value| under(key, &app.stranger(), "/api/auth/register", body).await;
    let first = register(KEY, acme(PASSWORD)).await.expect(201);
    let again = register(&format!("\"{KEY}\""), acme(PASSWORD)).await.expect(201);
    assert_eq!(first.text, again.text, "the same answer, tokens and all, with quotes and without");
    assert_eq!(app.db.count("companies").await, 1);

    register(KEY, acme("Autumn-Meadow-31-Bells")).await.refused(422, "idempotency_key_reused");
    register(OTHER, acme(PASSWORD)).await.refused(409, "conflict");
    for key in ["", "short", "a key with blanks in it", &"x".repeat(129)] {
        register(key, acme(PASSWORD)).await.refused(400, "invalid_idempotency_key");
    }

    let kept: String = app.db.value("SELECT string_agg(k::text, ' ') FROM kept_answers k").await;
    for secret in [first.text_at("/access_token"), first.text_at("/refresh_token"), PASSWORD.into(), KEY.into()] {
        let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert!(!kept.contains(&secret) && !kept.contains(&hex), "kept in clear");
    }
}

#[tokio::test]
async fn a_browser_gets_its_cookies_again() {
    let app = App::start().await;
    let browser = app.stranger().wearing(&[
        ("idempotency-key", KEY),
        ("x-voxgate-client", "web"),
        ("origin", app.base(0).as_str()),
    ]);
    let first = browser.posts("/api/auth/register", acme(PASSWORD)).await.expect(201);
    let again = browser.posts("/api/auth/register", acme(PASSWORD)).await.expect(201);
    let tokens = |reply: &Reply| {
        let cookies = reply.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap().to_owned());
        let value = |cookie: String| cookie.split(';').next().unwrap().to_owned();
        cookies.map(value).filter(|cookie| !cookie.contains("device")).collect::<Vec<_>>()
    };
    assert!(tokens(&first).len() >= 2 && !first.text.contains("access_token"), "{first:?}");
    assert_eq!((tokens(&first), &first.text), (tokens(&again), &again.text));
}

#[tokio::test]
async fn what_was_refused_leaves_the_key_free() {
    let app = App::start().await;
    let register = async |password| under(KEY, &app.stranger(), "/api/auth/register", acme(password)).await;
    register("short").await.refused(400, "invalid_input");
    register(PASSWORD).await.expect(201);
}

#[tokio::test]
async fn whoever_joins_twice_joins_once() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let token = ada.invites(&app, "uma@acme.example", "user").await;
    let body = json!({ "token": token, "full_name": "Uma User", "password": PASSWORD });
    let accept = async |key| under(key, &app.stranger(), "/api/invitations/accept", body.clone()).await;
    let first = accept(KEY).await.expect(201);
    assert_eq!(accept(KEY).await.expect(201).text, first.text);
    accept(OTHER).await.refused(410, "link_used");
    assert_eq!(app.db.count("users WHERE email = 'uma@acme.example'").await, 1);
}

#[tokio::test]
async fn a_key_belongs_to_its_caller_and_its_route_for_a_day() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let eve = app.admin_of("Evil").await;
    let id = invites(&ada, KEY, "uma@acme.example").await.expect(201).text_at("/id");
    assert_ne!(invites(&eve, KEY, "uma@acme.example").await.expect(201).text_at("/id"), id, "her own");
    let max = app.colleague_of(&ada, "max", "manager").await;
    invites(&max, KEY, "uma@acme.example").await.refused(409, "conflict");

    let register = json!({
        "company_name": "Third", "full_name": "Ada Admin", "email": "ada@third.example", "password": PASSWORD,
    });
    under(KEY, &app.stranger(), "/api/auth/register", register).await.expect(201);
    invites(&ada, KEY, "ben@acme.example").await.refused(422, "idempotency_key_reused");
    app.db.execute("UPDATE kept_answers SET expires_at = now()").await;
    invites(&ada, KEY, "ben@acme.example").await.expect(201);
}

#[tokio::test]
async fn without_a_token_a_key_belongs_to_the_address() {
    let app = App::start_with(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    let at = async |address: &str| {
        let there = app.stranger().wearing(&[("x-forwarded-for", address), ("idempotency-key", KEY)]);
        there.posts("/api/auth/register", acme(PASSWORD)).await
    };
    at("203.0.113.1").await.expect(201);
    at("203.0.113.2").await.refused(409, "conflict");
    at("203.0.113.1").await.expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_clients_with_one_key_one_invites_and_all_get_its_answer() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let desks = [ada.before(&app, 0), ada.before(&app, 1)];
    let replies = join_all((0..40).map(|n| invites(&desks[n % 2], KEY, "uma@acme.example"))).await;
    let done: Vec<_> = replies.iter().filter(|reply| reply.status == 201).collect();
    assert!(!done.is_empty() && done.iter().all(|reply| reply.text == done[0].text), "{replies:?}");
    for reply in replies.iter().filter(|reply| reply.status != 201) {
        let code = reply.text_at("/code");
        assert!(["idempotency_conflict", "too_many_requests"].contains(&code.as_str()), "{reply:?}");
    }
    for desk in &desks {
        assert_eq!(invites(desk, KEY, "uma@acme.example").await.expect(201).text, done[0].text);
    }
    assert_eq!(app.db.count("invitations").await, 1);
    app.settled(&ada).await;
    assert_eq!(app.db.count("audit_logs WHERE kind = 'user.invited'").await, 1);
    let mails = app.mailbox.wait_for("uma@acme.example", 1).await;
    assert_eq!((mails.len(), token_in(&mails[0].text).is_empty()), (1, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_first_is_under_way_the_second_is_told_so() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let mut hold = app.db.connect("postgres").await;
    let mut held = hold.begin().await.unwrap();
    run(&mut held, "LOCK TABLE invitations IN EXCLUSIVE MODE").await;
    let desk = ada.before(&app, 0);
    let first = tokio::spawn(async move { invites(&desk, KEY, "uma@acme.example").await });
    let db = &app.db;
    let waits = "SELECT count(*) FROM pg_locks WHERE relation = 'invitations'::regclass AND NOT granted";
    let waiting = async || (db.value::<i64>(waits).await > 0).then_some(());
    eventually("the first waits", Duration::from_secs(10), waiting).await;
    invites(&ada.before(&app, 1), KEY, "uma@acme.example").await.refused(409, "idempotency_conflict");
    held.rollback().await.unwrap();
    let first = first.await.unwrap().expect(201);
    assert_eq!(invites(&ada.before(&app, 1), KEY, "uma@acme.example").await.expect(201).text, first.text);
}
