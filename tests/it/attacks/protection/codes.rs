//! Guessing the second factor.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::{recorded, unlimited};
use crate::support::{
    App,
    db::run,
    eventually::eventually,
    person::{PASSWORD, Person, token_in},
    reply::Reply,
};

async fn challenge(person: &Person) -> String {
    person.begins_login().await.expect(200).text_at("/mfa_token")
}

fn compared(replies: &[Reply]) -> usize {
    assert!(replies.iter().all(|reply| [401, 429].contains(&reply.status)), "{replies:?}");
    replies.iter().filter(|reply| reply.status == 401).count()
}

#[tokio::test]
async fn case_11_of_two_hundred_guesses_at_once_no_more_than_five_are_compared() {
    let mut app = unlimited(&[]).await;
    app.add_node().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let token = challenge(&ada).await;
    let nodes = [ada.before(&app, 0), ada.before(&app, 1)];
    let guesses: Vec<_> = (0..200).map(|n| format!("{n:06}")).collect();
    let replies = join_all(guesses.iter().enumerate().map(|(n, guess)| nodes[n % 2].answers(&token, guess))).await;
    assert!(compared(&replies) <= 5, "{replies:?}");
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&token, &code).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn case_12_beginning_anew_does_not_set_the_counter_back() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let mut replies = Vec::new();
    for round in 0..20 {
        let token = challenge(&ada).await;
        for guess in 0..3 {
            replies.push(ada.answers(&token, &format!("{:06}", round * 3 + guess)).await);
        }
    }
    assert_eq!(compared(&replies), 10, "the account's limit, however the guesses are cut");
    let token = challenge(&ada).await;
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&token, &code).await.refused(429, "too_many_attempts");
    assert_eq!(recorded(&app, "mfa.locked").await.len(), 1, "the lock is told once");
}

#[tokio::test]
async fn case_14_every_door_that_asks_for_the_code_shares_one_counter() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let wrong = json!({ "password": PASSWORD, "code": "000000" });
    for _ in 0..3 {
        ada.posts("/api/auth/reauthenticate", wrong.clone()).await.refused(401, "invalid_code");
        ada.posts("/api/auth/mfa/disable", wrong.clone()).await.refused(401, "invalid_code");
    }
    let token = challenge(&ada).await;
    for _ in 0..4 {
        ada.answers(&token, "000000").await.refused(401, "invalid_code");
    }
    let code = ada.authenticator.as_mut().unwrap().next_code();
    let right = json!({ "password": PASSWORD, "code": code });
    ada.answers(&token, &code).await.refused(429, "too_many_attempts");
    ada.posts("/api/auth/mfa/disable", right.clone()).await.refused(429, "too_many_attempts");
    ada.posts("/api/auth/reauthenticate", right).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn case_15_who_is_switched_off_or_locked_between_the_steps_stays_out() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    ada.enrolls().await;
    uma.enrolls().await;
    let (first, second) = (challenge(&uma).await, challenge(&ada).await);

    let mut all = app.db.connect("postgres").await;
    run(&mut all, &format!("UPDATE users SET status = 'deactivated' WHERE id = '{}'", uma.id)).await;
    let code = uma.authenticator.as_mut().unwrap().next_code();
    uma.answers(&first, &code).await.refused(401, "challenge_expired");

    for round in 0..2 {
        let other = challenge(&ada).await;
        for guess in 0..5 {
            ada.answers(&other, &format!("{:06}", round * 5 + guess)).await.refused(401, "invalid_code");
        }
    }
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&second, &code).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn after_a_hundred_failures_in_a_row_the_factor_waits_for_help_and_not_for_time() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let mut all = app.db.connect("postgres").await;
    let token = challenge(&ada).await;
    ada.answers(&token, "000000").await.refused(401, "invalid_code");
    let ninety_nine = "UPDATE attempts SET consecutive = 99, tries = 0 WHERE consecutive = 1 AND tries = 1";
    run(&mut all, ninety_nine).await;
    let token = challenge(&ada).await;
    ada.answers(&token, "000001").await.refused(401, "invalid_code");
    for _ in 0..3 {
        run(&mut all, "UPDATE attempts SET window_started_at = now() - interval '1 day'").await;
        let code = app.fresh_code(&mut ada).await;
        ada.answers(&token, &code).await.refused(429, "too_many_attempts");
    }
    let told = recorded(&app, "mfa.locked").await;
    assert_eq!(told.len(), 1, "one line for the stop, none for what is tried after it: {told:?}");
    assert_eq!(told[0].1["until"], "reset");
}

/// A person whose authenticator was guessed at a hundred times.
async fn stopped(app: &App, person: &mut Person) -> Vec<String> {
    let codes = person.enrolls().await;
    let token = challenge(person).await;
    person.answers(&token, "000000").await.refused(401, "invalid_code");
    app.db.execute("UPDATE attempts SET consecutive = 100 WHERE consecutive = 1 AND tries = 1").await;
    let code = app.fresh_code(person).await;
    person.answers(&token, &code).await.refused(429, "too_many_attempts");
    codes
}

#[tokio::test]
async fn out_of_the_hard_stop_leads_an_admin() {
    let app = unlimited(&[]).await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    stopped(&app, &mut uma).await;
    ada.posts(&format!("/api/users/{}/mfa/reset", uma.id), json!({})).await.expect(204);
    uma.authenticator = None;
    uma = uma.signs_in().await;
    uma.enrolls().await;
    app.fresh_code(&mut uma).await;
    uma.signs_in().await;
}

#[tokio::test]
async fn out_of_the_hard_stop_leads_a_backup_code() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    let codes = stopped(&app, &mut ada).await;
    let token = challenge(&ada).await;
    ada = ada.with_tokens(&ada.answers_with_backup(&token, &codes[0]).await.expect(200));
    ada.enrolls().await;
    app.fresh_code(&mut ada).await;
    ada.signs_in().await;
}

#[tokio::test]
async fn out_of_the_hard_stop_leads_the_operator_where_no_other_admin_is() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    stopped(&app, &mut ada).await;
    let line = ["user", "reset-mfa", "--company", "acme", "--email", &ada.email, "--reason", "came in person"];
    let (content, said) = app.runs(&line).await;
    assert!(content && said.contains("second factor"), "{said}");
    let out = async || (!ada.is_in().await).then_some(());
    eventually("every session has ended, at the next pull", Duration::from_secs(10), out).await;
    ada.authenticator = None;
    ada = ada.signs_in().await;
    ada.enrolls().await;
    let told = recorded(&app, "mfa.reset").await;
    assert_eq!((told.len(), &told[0].1["by"], &told[0].1["note"]), (1, &json!("operator"), &json!("came in person")));
    app.mailbox.wait_for(&ada.email, 1).await;
}

#[tokio::test]
async fn a_new_password_does_not_lead_out_of_the_hard_stop() {
    let app = unlimited(&[]).await;
    let mut ada = app.admin_of("Acme").await;
    stopped(&app, &mut ada).await;
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": ada.email })).await.expect(202);
    let mails = async || app.mailbox.items(Some(&ada.email)).into_iter().find(|mail| mail.text.contains("/reset"));
    let mail = eventually("the mail with the link", Duration::from_secs(20), mails).await;
    let reset = json!({ "token": token_in(&mail.text), "new_password": "Autumn-Meadow-31-Bells" });
    app.stranger().posts("/api/auth/password/reset", reset).await.expect(204);
    let login = app.stranger().tries_login(&ada.email, "Autumn-Meadow-31-Bells").await.expect(200);
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&login.text_at("/mfa_token"), &code).await.refused(429, "too_many_attempts");
}
