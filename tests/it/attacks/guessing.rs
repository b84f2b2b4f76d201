//! Guessing by detours: starting again, another door, another account, the pause between two steps.

use serde_json::json;

use super::{hands_out_tokens, in_database};
use crate::support::{
    App,
    authenticator::Authenticator,
    person::{PASSWORD, Person},
    reply::Reply,
};

/// What the account's counter of codes allows in one window.
const CODES: usize = 10;

async fn enrolled(app: &App) -> Person {
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    ada
}

/// A code that is right in some other year.
fn wrong(person: &Person) -> String {
    person.authenticator.as_ref().unwrap().code_at(Authenticator::now_step() + 1_000_000)
}

#[tokio::test]
async fn case_12_beginning_again_gives_no_new_tries() {
    let app = App::start().await;
    let mut ada = enrolled(&app).await;
    let (wrong, mut compared) = (wrong(&ada), 0);
    for _ in 0..20 {
        let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
        for _ in 0..3 {
            let reply = ada.answers(&token, &wrong).await;
            assert!(matches!(reply.status, 401 | 429), "{reply:?}");
            compared += usize::from(reply.status == 401);
        }
    }
    assert_eq!(compared, CODES);
    let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    let right = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&token, &right).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn case_14_every_door_that_takes_a_code_counts_on_the_same_counter() {
    let app = App::start().await;
    let mut ada = enrolled(&app).await;
    let wrong = wrong(&ada);
    ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let with_password = json!({ "password": PASSWORD, "code": wrong });
    let mut compared = 0;
    for n in 0..CODES {
        let reply = match n % 4 {
            0 => {
                let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
                ada.answers(&token, &wrong).await
            }
            1 => ada.posts("/api/auth/reauthenticate", with_password.clone()).await,
            2 => ada.posts("/api/auth/mfa/disable", with_password.clone()).await,
            _ => ada.posts("/api/auth/mfa/enable", json!({ "code": wrong })).await,
        };
        reply.refused(401, "invalid_code");
        compared += 1;
    }
    assert_eq!(compared, CODES);
    let right = ada.authenticator.as_mut().unwrap().next_code();
    let with_password = json!({ "password": PASSWORD, "code": right });
    let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
    ada.answers(&token, &right).await.refused(429, "too_many_attempts");
    ada.posts("/api/auth/reauthenticate", with_password.clone()).await.refused(429, "too_many_attempts");
    ada.posts("/api/auth/mfa/disable", with_password).await.refused(429, "too_many_attempts");
    ada.posts("/api/auth/mfa/enable", json!({ "code": right })).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn case_15_an_account_switched_off_between_the_steps_does_not_get_in() {
    let app = App::start().await;
    let mut ada = enrolled(&app).await;
    for change in ["UPDATE users SET status = 'deactivated'", "UPDATE companies SET status = 'suspended'"] {
        let token = ada.begins_login().await.expect(200).text_at("/mfa_token");
        in_database(&app, change).await;
        let code = ada.authenticator.as_mut().unwrap().next_code();
        let reply = ada.answers(&token, &code).await;
        assert!(reply.status == 401 && !hands_out_tokens(&reply), "{change}: {reply:?}");
        in_database(&app, "UPDATE users SET status = 'active'; UPDATE companies SET status = 'active'").await;
        in_database(&app, "UPDATE factors SET last_step = 0; DELETE FROM attempts").await;
        ada.authenticator.as_mut().unwrap().forget_shown();
    }
}

#[tokio::test]
async fn case_30_unknown_switched_off_and_known_accounts_lock_with_the_same_words() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    app.colleague_of(&ada, "off", "user").await;
    in_database(&app, "UPDATE users SET status = 'deactivated' WHERE email LIKE 'off@%'").await;
    let shown = |reply: Reply| (reply.status, reply.headers.get("retry-after").is_some(), reply.without_request_id());
    let mut told = Vec::new();
    for email in ["admin@acme.example", "off@acme.example", "nobody@acme.example", "nobody@nowhere.example"] {
        let mut answers = Vec::new();
        for n in 0..14 {
            answers.push(shown(app.stranger().tries_login(email, &format!("wrong-{n}")).await));
        }
        // Locked or not, the right password of a locked account is not told from a wrong one.
        answers.push(shown(app.stranger().tries_login(email, PASSWORD).await));
        told.push(answers);
    }
    for answers in &told[1..] {
        assert_eq!(answers, &told[0]);
    }
    assert_eq!(told[0][14], told[0][13], "locked: even the right password is not compared");
}
