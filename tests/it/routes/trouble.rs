//! When parts of the house fail: a lost node, a secret that cannot be opened, and what the log says about all that.

use serde_json::json;

use crate::support::{App, person::PASSWORD};

#[tokio::test]
async fn a_sign_in_begun_at_a_node_that_dies_is_finished_at_another() {
    let mut app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let challenge = ada.opens_challenge().await;
    let second = app.add_node().await;
    app.kill(0).await;

    let mut ada = ada.before(&app, second);
    assert!(ada.is_in().await, "the token opens every node");
    let code = app.fresh_code(&mut ada).await;
    let reply = ada.answers(&challenge, &code).await.expect(200);
    ada.answers(&challenge, &code).await.refused(401, "challenge_expired");
    let ada = ada.with_tokens(&reply);
    assert!(ada.is_in().await);
    assert_eq!(ada.reads_audit("login.succeeded", 1).await.len(), 1);
}

#[tokio::test]
async fn the_lock_of_one_node_is_the_lock_of_all() {
    let mut app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let second = app.add_node().await;
    for number in 0..10 {
        let there = ada.before(&app, number % 2).as_stranger();
        there.tries_login(&ada.email, "wrong").await.refused(401, "invalid_credentials");
    }
    for node in [0, second] {
        let there = ada.before(&app, node).as_stranger();
        there.tries_login(&ada.email, PASSWORD).await.refused(401, "invalid_credentials");
    }
}

/// Ada answers with a right code, but her secret was sealed with a key this server never had.
async fn ada_meets_a_secret_that_cannot_be_opened(app: &App) {
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let (challenge, code) = (ada.opens_challenge().await, app.fresh_code(&mut ada).await);
    app.db.execute("UPDATE factors SET sealed = decode(repeat('00', length(sealed)), 'hex')").await;
    let reply = ada.answers(&challenge, &code).await.refused(500, "internal");
    for inside in ["seal", "TOTP", "aes", "factor"] {
        assert!(!reply.text.contains(inside), "{}", reply.text);
    }
    assert_eq!(app.db.count("sessions WHERE revoked_at IS NULL").await, 1, "nobody gets in by it");
    app.logged(0, "a TOTP secret cannot be opened").await;
}

#[tokio::test]
async fn a_secret_that_cannot_be_opened_is_told_to_the_operator_and_not_to_the_person() {
    let mut app = App::start().await;
    app.expect_error("a TOTP secret cannot be opened");
    ada_meets_a_secret_that_cannot_be_opened(&app).await;
}

#[tokio::test]
#[should_panic(expected = "the server logged errors")]
async fn an_error_in_the_log_that_nobody_expected_fails_its_story() {
    ada_meets_a_secret_that_cannot_be_opened(&App::start().await).await;
}

#[tokio::test]
async fn the_log_says_what_was_asked_and_holds_no_secret() {
    let app = App::start_with(&[("log.filter", "voxgate=trace,info")]).await;
    let mut ada = app.admin_of("Acme").await;
    let invitation = ada.invites(&app, "uma@acme.example", "user").await;
    let setup = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let codes = ada.enrolls().await;
    let challenge = ada.opens_challenge().await;
    let signed_in = ada.with_tokens(&ada.answers_with_backup(&challenge, &codes[0]).await.expect(200));
    let ticket = signed_in.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    app.stranger().tries_login(&ada.email, "Mistyped-Lamps-73").await.expect(401);
    let strange = app.stranger().gets("/api/nowhere?token=SECRET-IN-QUERY").await.refused(404, "not_found");

    app.logged(0, strange.headers["x-request-id"].to_str().unwrap()).await;
    let log = app.log(0).join("\n");
    let secrets = [
        PASSWORD,
        "Mistyped-Lamps-73",
        "SECRET-IN-QUERY",
        &invitation,
        &setup.text_at("/secret"),
        &challenge,
        &ticket,
        &codes[0],
        &codes[1],
        &ada.access,
        &ada.refresh,
        &signed_in.access,
        &signed_in.refresh,
    ];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
    for name in ["uma@acme.example", &ada.email] {
        assert!(!log.contains(name), "an address is in the log: {name}");
    }
}
