//! Setting a second factor up and taking it away: never without proof, never half, never behind the owner's back.

use reqwest::Method;
use serde_json::{Value, json};

use super::{claims, count, hands_out_tokens, in_database};
use crate::support::{
    App,
    authenticator::Authenticator,
    person::{PASSWORD, Person},
};

async fn enrolled(app: &App) -> Person {
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    ada
}

/// Lets a person's last proof of identity be six minutes old.
async fn grows_stale(app: &App, person: &Person) -> Person {
    in_database(app, "UPDATE sessions SET auth_time = now() - interval '6 minutes'").await;
    person.with_tokens(&person.refreshes().await.expect(200))
}

async fn has_factor(app: &App) -> bool {
    count(app, "SELECT count(*) FROM factors WHERE status = 'active'").await == 1
        && count(app, "SELECT count(*) FROM users WHERE mfa_enabled").await == 1
}

#[tokio::test]
async fn case_20_no_way_to_remove_the_second_factor_without_password_and_code() {
    let app = App::start().await;
    let mut ada = enrolled(&app).await;
    let code = ada.authenticator.as_mut().unwrap().next_code();
    for (method, path, body) in [
        (Method::DELETE, "/api/auth/mfa", json!({})),
        (Method::DELETE, "/api/auth/mfa/setup", json!({})),
        (Method::DELETE, "/api/auth/mfa/disable", json!({})),
        (Method::PUT, "/api/auth/mfa", json!({})),
        (Method::PATCH, "/api/users/me", json!({ "mfa_enabled": null })),
        (Method::PUT, "/api/users/me", json!({ "full_name": "Ada", "mfa_enabled": false })),
        (Method::PUT, "/api/users/me", json!({ "full_name": "Ada", "mfa": null })),
        (Method::POST, "/api/auth/mfa/disable", json!({})),
        (Method::POST, "/api/auth/mfa/disable", json!({ "password": PASSWORD })),
        (Method::POST, "/api/auth/mfa/disable", json!({ "password": PASSWORD, "code": null })),
        (Method::POST, "/api/auth/mfa/disable", json!({ "password": PASSWORD, "code": "" })),
        (Method::POST, "/api/auth/mfa/disable", json!({ "password": "wrong", "code": code })),
        (Method::POST, "/api/auth/mfa/disable", json!({ "code": code })),
    ] {
        let reply = ada.asks(method.clone(), path, Some(body.clone())).await;
        assert!(matches!(reply.status, 400 | 401 | 403 | 404 | 405), "{method} {path} {body}: {reply:?}");
        assert!(has_factor(&app).await, "{method} {path} {body}");
    }
    let stale = grows_stale(&app, &ada).await;
    let good = json!({ "password": PASSWORD, "code": ada.authenticator.as_mut().unwrap().next_code() });
    stale.posts("/api/auth/mfa/disable", good.clone()).await.refused(403, "reauthentication_required");
    assert!(has_factor(&app).await);
    in_database(&app, "UPDATE sessions SET auth_time = now()").await;
    ada.posts("/api/auth/mfa/disable", good).await.expect(204);
    assert!(!has_factor(&app).await, "with both it goes");
}

#[tokio::test]
async fn case_22_a_password_only_session_cannot_enroll_over_the_factor() {
    let app = App::start().await;
    let ada = enrolled(&app).await;
    in_database(&app, "UPDATE sessions SET amr = '{pwd}'").await;
    let mut thief = ada.with_tokens(&ada.refreshes().await.expect(200));
    assert_eq!(claims(&thief)["amr"], json!(["pwd"]));
    let refused = thief.posts("/api/auth/mfa/setup", json!({})).await.refused(403, "reauthentication_required");
    assert!(!hands_out_tokens(&refused));
    thief.posts("/api/auth/mfa/enable", json!({ "code": "000000" })).await.refused(409, "enrollment_not_started");
    for path in ["/api/auth/mfa/backup-codes/regenerate", "/api/auth/mfa/disable"] {
        let body = json!({ "password": PASSWORD, "code": "000000" });
        assert_eq!(thief.posts(path, body).await.status, 403, "{path}");
    }
    thief.gets("/api/auth/mfa/backup-codes").await.refused(403, "reauthentication_required");
    assert!(has_factor(&app).await);
    thief.signs_in().await.gets("/api/users/me").await.expect(200); // the old secret still verifies
}

#[tokio::test]
async fn case_23_a_half_done_new_set_up_leaves_the_old_factor_in_force() {
    let app = App::start().await;
    let mut ada = enrolled(&app).await;
    let waiting = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let unconfirmed = Authenticator::scan(&waiting.text_at("/otpauth_uri"));
    let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    let too_early = unconfirmed.code_at(Authenticator::now_step());
    ada.answers(&token, &too_early).await.refused(401, "invalid_code");
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&token, &code).await.expect(200);
}

#[tokio::test]
async fn case_24_of_two_set_ups_at_once_one_secret_counts_and_the_losers_never_verifies() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let set_up = || async { ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200) };
    let (one, two) = tokio::join!(set_up(), set_up());
    let mut apps = [one, two].map(|reply| Authenticator::scan(&reply.text_at("/otpauth_uri")));
    let codes = apps.each_mut().map(Authenticator::next_code);
    let enable = |code: String| ada.posts("/api/auth/mfa/enable", json!({ "code": code }));
    let (one, two) = tokio::join!(enable(codes[0].clone()), enable(codes[1].clone()));
    let winners: Vec<bool> = [&one, &two].iter().map(|reply| reply.status == 200).collect();
    assert_eq!(winners.iter().filter(|won| **won).count(), 1, "{one:?} {two:?}");
    assert!(has_factor(&app).await);
    let (winner, loser) = if winners[0] { (0, 1) } else { (1, 0) };
    let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    let lost = apps[loser].next_code();
    ada.answers(&token, &lost).await.refused(401, "invalid_code");
    let won = apps[winner].next_code();
    ada.answers(&token, &won).await.expect(200);
}

#[tokio::test]
async fn case_25_sessions_older_than_the_factor_end_when_it_is_confirmed() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let old = ada.signs_in().await;
    let mut socket = old.listens(None).await;
    ada.enrolls().await;
    old.gets("/api/users/me").await.refused(401, "session_revoked");
    old.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(socket.until_closed().await.1, 4401);
    ada.gets("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn case_26_removing_the_factor_lowers_every_live_session_at_once() {
    let app = App::start().await;
    let mut ada = enrolled(&app).await;
    let mut phone = ada.signs_in().await;
    assert_eq!(claims(&phone)["amr"], json!(["pwd", "otp", "mfa"]));
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.posts("/api/auth/mfa/disable", json!({ "password": PASSWORD, "code": code })).await.expect(204);
    let says_mfa = |reply: &Value| reply["amr"].as_array().is_some_and(|amr| amr.contains(&json!("mfa")));
    for session in [&ada, &phone] {
        let shown = session.gets("/api/auth/session").await;
        assert!(shown.status == 401 || !says_mfa(&shown.json()), "{shown:?}");
    }
    phone = phone.with_tokens(&phone.refreshes().await.expect(200));
    assert_eq!(claims(&phone)["amr"], json!(["pwd"]));
    assert!(!says_mfa(&phone.gets("/api/auth/session").await.expect(200).json()));
}

#[tokio::test]
async fn case_96_a_secret_copied_from_another_persons_row_fails_closed() {
    let mut app = App::start().await;
    app.expect_error("a TOTP secret cannot be opened");
    app.expect_error("a backup code cannot be opened");
    let ada = enrolled(&app).await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let copy = format!(
        "UPDATE factors SET sealed = other.sealed, key_id = other.key_id, last_step = 0
         FROM factors other WHERE factors.user_id = '{}' AND other.user_id = '{}'",
        ada.id, uma.id
    );
    in_database(&app, &copy).await;
    let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    let authenticator = uma.authenticator.as_mut().unwrap();
    authenticator.forget_shown();
    let reply = ada.answers(&token, &authenticator.next_code()).await.refused(500, "internal");
    assert!(!hands_out_tokens(&reply), "{reply:?}");
    // The same for the backup codes' copies: digests are bound to their owner.
    let copy = format!("UPDATE backup_codes SET user_id = '{}' WHERE user_id = '{}'", ada.id, uma.id);
    in_database(&app, &format!("DELETE FROM backup_codes WHERE user_id = '{}'; {copy}", ada.id)).await;
    ada.gets("/api/auth/mfa/backup-codes").await.refused(500, "internal");
}
