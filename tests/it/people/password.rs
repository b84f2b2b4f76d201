//! Changing one's password.

use serde_json::json;

use super::{FRESH, PASSWORD, count, join_all, login, mail, newest, tally};
use crate::support::App;

#[tokio::test]
async fn uma_changes_it_and_everything_else_that_knew_the_old_one_ends() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let phone = uma.signs_in().await;
    let pending = uma.begins_login().await.expect(200).text_at("/mfa_token");
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": uma.email })).await.expect(202);
    let link = crate::support::person::token_in(&mail(&app, &uma.email, "Set a new password").await.text);
    let mut socket = phone.listens(None).await;

    let body = json!({ "current_password": PASSWORD, "new_password": FRESH });
    let done = uma.posts("/api/auth/password/change", body).await.expect(204);
    assert_eq!(done.text, "");

    assert_eq!(socket.until_closed().await.1, 4401);
    phone.gets("/api/users/me").await.refused(401, "session_revoked");
    let code = app.fresh_code(&mut uma).await;
    uma.answers(&pending, &code).await.refused(401, "challenge_expired");
    let reset = json!({ "token": link, "new_password": "Another-Lantern-17-Boats" });
    app.stranger().posts("/api/auth/password/reset", reset).await.refused(400, "invalid_link");

    uma.gets("/api/users/me").await.expect(200);
    uma.refreshes().await.expect(200);
    login(&uma, PASSWORD).await.refused(401, "invalid_credentials");
    assert_eq!(login(&uma, FRESH).await.expect(200).text_at("/status"), "mfa_required");
    mail(&app, &uma.email, "password was changed").await;
    let row = newest(&app, &ada, "password.changed").await;
    assert_eq!((&row["actor"]["id"], &row["data"]), (&json!(uma.id), &json!({ "sessions_revoked": 1 })));
}

#[tokio::test]
async fn a_wrong_present_one_or_a_bad_new_one_changes_nothing_and_says_what_is_wrong() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let change = |current: &str, new: &str| {
        let body = json!({ "current_password": current, "new_password": new });
        let ada = ada.clone();
        async move { ada.posts("/api/auth/password/change", body).await }
    };
    let cases = [
        (PASSWORD, "7-tiny"),
        (PASSWORD, "password123456"),
        (PASSWORD, "acme-acme-acme"),
        (PASSWORD, PASSWORD),
        (PASSWORD, "Wörter-".repeat(60).as_str()),
    ]
    .map(|(current, new)| (current, new.to_owned()));
    for (current, new) in &cases {
        let refused = change(current, new).await.refused(400, "invalid_input");
        assert_eq!(refused.at("/errors/0/pointer"), "/new_password", "{new}");
        assert!(!refused.text.contains(new.as_str()));
    }
    assert_eq!(count(&app, &ada, "login.failed").await, 0, "no guess was counted");
    change("not-her-password", FRESH).await.refused(401, "invalid_credentials");
    assert_eq!(count(&app, &ada, "login.failed").await, 1);
    login(&ada, PASSWORD).await.expect(200);
    assert_eq!(count(&app, &ada, "password.changed").await, 0);
}

#[tokio::test]
async fn the_guesses_of_a_stolen_session_are_counted_like_those_at_the_front_door() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for n in 0..10 {
        let body = json!({ "current_password": format!("guess-{n}"), "new_password": FRESH });
        ada.posts("/api/auth/password/change", body).await.refused(401, "invalid_credentials");
    }
    let body = json!({ "current_password": PASSWORD, "new_password": FRESH });
    ada.posts("/api/auth/password/change", body).await.refused(429, "too_many_attempts");
    login(&ada, PASSWORD).await.refused(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_forty_changes_at_once_on_two_nodes_one_counts_and_its_password_is_the_one() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let changes = (0..40).map(|n| {
        let ada = ada.before(&app, if n % 2 == 0 { 0 } else { second });
        let body = json!({ "current_password": PASSWORD, "new_password": format!("{FRESH}-{n}") });
        async move { ada.posts("/api/auth/password/change", body).await }
    });
    let replies = join_all(changes).await;
    let tally = tally(&replies);
    assert_eq!(tally.get("204"), Some(&1), "{tally:?}");
    let expected = ["204", "401 invalid_credentials", "409 conflict", "429 too_many_attempts", "429 too_many_requests"];
    assert!(tally.keys().all(|outcome| expected.contains(&outcome.as_str())), "{tally:?}");
    assert_eq!(count(&app, &ada, "password.changed").await, 1);
    let winner = replies.iter().position(|reply| reply.status == 204).unwrap();
    let mut all = app.db.connect("postgres").await;
    crate::support::db::run(&mut all, "DELETE FROM attempts").await;
    login(&ada, &format!("{FRESH}-{winner}")).await.expect(200);
}
