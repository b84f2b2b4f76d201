//! A new password by a mailed link.

use serde_json::json;

use super::{FRESH, PASSWORD, count, join_all, login, mail, newest, tally};
use crate::support::{
    App,
    db::run,
    person::{Person, token_in},
    reply::Reply,
};

async fn link(app: &App, person: &Person) -> String {
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": person.email })).await.expect(202);
    token_in(&mail(app, &person.email, "Set a new password").await.text)
}

async fn resets(app: &App, token: &str, password: &str) -> Reply {
    let body = json!({ "token": token, "new_password": password });
    app.stranger().posts("/api/auth/password/reset", body).await
}

#[tokio::test]
async fn it_ends_every_session_signs_nobody_in_and_skips_no_second_factor() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let pending = uma.begins_login().await.expect(200).text_at("/mfa_token");
    let mut socket = uma.listens(None).await;
    let token = link(&app, &uma).await;

    let weak = resets(&app, &token, "short").await.refused(400, "invalid_input");
    assert_eq!(weak.at("/errors/0/pointer"), "/new_password");
    uma.gets("/api/users/me").await.expect(200);

    let done = resets(&app, &token, FRESH).await.expect(204);
    assert_eq!((done.text.as_str(), done.headers.contains_key("set-cookie")), ("", false));
    assert_eq!(socket.until_closed().await.1, 4401);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    uma.refreshes().await.refused(401, "invalid_refresh_token");
    let code = app.fresh_code(&mut uma).await;
    uma.answers(&pending, &code).await.refused(401, "challenge_expired");
    login(&uma, PASSWORD).await.refused(401, "invalid_credentials");
    let first = login(&uma, FRESH).await.expect(200);
    assert_eq!(first.text_at("/status"), "mfa_required");
    let code = app.fresh_code(&mut uma).await;
    uma.answers(&first.text_at("/mfa_token"), &code).await.expect(200);

    resets(&app, &token, "Another-Lantern-17-Boats").await.refused(400, "invalid_link");
    mail(&app, &uma.email, "password was changed").await;
    let row = newest(&app, &ada, "password.reset").await;
    assert_eq!((&row["severity"], &row["data"]), (&json!("warning"), &json!({ "sessions_revoked": 1 })));
    assert_eq!(count(&app, &ada, "password.reset").await, 1);
}

#[tokio::test]
async fn who_was_locked_out_by_a_strangers_guesses_gets_in_by_the_link_and_has_confirmed_the_address() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for n in 0..11 {
        login(&ada, &format!("guess-{n}")).await.refused(401, "invalid_credentials");
    }
    login(&ada, PASSWORD).await.refused(401, "invalid_credentials");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/email_verified"), false);
    let token = link(&app, &ada).await;
    resets(&app, &token, FRESH).await.expect(204);
    let ada = ada.with_tokens(&login(&ada, FRESH).await.expect(200));
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/email_verified"), true);
}

#[tokio::test]
async fn a_link_is_good_for_nothing_else_and_not_for_ever() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let token = link(&app, &ada).await;
    app.stranger().posts("/api/auth/email/verify", json!({ "token": token })).await.refused(400, "invalid_link");
    let body = json!({ "token": token, "full_name": "Eve", "password": FRESH });
    app.stranger().posts("/api/invitations/accept", body).await.refused(400, "invalid_link");
    let confirmation = token_in(&mail(&app, &ada.email, "Confirm your address").await.text);
    for wrong in [confirmation.as_str(), "", "vgp_", &token[..token.len() - 1], &format!("{token}A"), &ada.access] {
        resets(&app, wrong, FRESH).await.refused(400, "invalid_link");
    }
    let mut all = app.db.connect("postgres").await;
    run(&mut all, "UPDATE one_time_tokens SET expires_at = now() - interval '1 second'").await;
    resets(&app, &token, FRESH).await.refused(400, "invalid_link");
    login(&ada, PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_deactivated_persons_link_opens_nothing_and_neither_does_an_older_one_after_the_newer_was_used() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let first = link(&app, &uma).await;
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": uma.email })).await.expect(202);
    app.mailbox.wait_for(&uma.email, 3).await;
    let second = link_after(&app, &uma, &first).await;
    resets(&app, &second, FRESH).await.expect(204);
    resets(&app, &first, "Another-Lantern-17-Boats").await.refused(400, "invalid_link");

    let third = link(&app, &uma).await;
    ada.posts(&format!("/api/users/{}/deactivate", uma.id), json!({})).await.expect(200);
    resets(&app, &third, "Another-Lantern-17-Boats").await.refused(400, "invalid_link");
}

/// The token of the newest link, which is not this one.
async fn link_after(app: &App, person: &Person, older: &str) -> String {
    let tokens: Vec<_> = app.mailbox.items(Some(&person.email)).iter().map(|mail| mail.text.clone()).collect();
    let mut resets = tokens.iter().filter(|text| text.contains("/reset#token=")).map(|text| token_in(text));
    resets.rfind(|token| token != older).expect("a newer link")
}

#[tokio::test(flavor = "multi_thread")]
async fn case_63_of_fifty_who_use_one_link_at_once_on_two_nodes_one_sets_the_password() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let token = link(&app, &ada).await;
    let uses = (0..50).map(|n| {
        let stranger = ada.before(&app, if n % 2 == 0 { 0 } else { second }).as_stranger();
        let body = json!({ "token": token, "new_password": format!("{FRESH}-{n}") });
        async move { stranger.posts("/api/auth/password/reset", body).await }
    });
    let replies = join_all(uses).await;
    let tally = tally(&replies);
    assert_eq!(tally.get("204"), Some(&1), "{tally:?}");
    let expected = ["204", "400 invalid_link", "429 too_many_requests"];
    assert!(tally.keys().all(|outcome| expected.contains(&outcome.as_str())), "{tally:?}");
    let winner = replies.iter().position(|reply| reply.status == 204).unwrap();
    let ada = ada.with_tokens(&login(&ada, &format!("{FRESH}-{winner}")).await.expect(200));
    assert_eq!(count(&app, &ada, "password.reset").await, 1);
}
