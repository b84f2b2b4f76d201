//! Many guesses at once are no more guesses than one after the other.

use serde_json::json;

use super::{all_is_recorded, installation, of_status, on_one_node_and_on_two, only, race, recorded};
use crate::support::person::PASSWORD;

on_one_node_and_on_two! {
    of_200_wrong_codes_on_one_challenge_five_are_compared,
    of_200_wrong_codes_on_many_challenges_ten_are_compared,
    of_200_wrong_passwords_ten_are_compared,
}

const GUESSES: usize = 200;

async fn of_200_wrong_codes_on_one_challenge_five_are_compared(nodes: usize) {
    let app = installation(nodes).await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    let body = json!({ "mfa_token": ada.opens_challenge().await, "code": wrong });
    let replies = race(&app, GUESSES, |stranger, _| {
        let body = body.clone();
        async move { stranger.posts("/api/auth/verify-mfa", body).await }
    });
    let replies = replies.await;
    only(&replies, &[401, 429]);
    assert_eq!(of_status(&replies, 401).len(), 5);
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "mfa.failed").await, 5);
}

async fn of_200_wrong_codes_on_many_challenges_ten_are_compared(nodes: usize) {
    let app = installation(nodes).await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let login = json!({ "email": ada.email, "password": PASSWORD });
    let begun = race(&app, 50, |stranger, _| {
        let login = login.clone();
        async move { stranger.posts("/api/auth/login", login).await }
    });
    let challenges: Vec<_> = begun.await.iter().map(|reply| reply.text_at("/mfa_token")).collect();
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    let replies = race(&app, GUESSES, |stranger, number| {
        let body = json!({ "mfa_token": challenges[number / 4], "code": wrong });
        async move { stranger.posts("/api/auth/verify-mfa", body).await }
    });
    let replies = replies.await;
    only(&replies, &[401, 429]);
    assert_eq!(of_status(&replies, 401).len(), 10);
    all_is_recorded(&app, &ada).await;
    assert_eq!((recorded(&app, "mfa.failed").await, recorded(&app, "mfa.locked").await), (9, 1));
}

async fn of_200_wrong_passwords_ten_are_compared(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let body = json!({ "email": uma.email, "password": "wrong" });
    let replies = race(&app, GUESSES, |stranger, _| {
        let body = body.clone();
        async move { stranger.posts("/api/auth/login", body).await }
    });
    let replies = replies.await;
    only(&replies, &[401]);
    assert_eq!(app.stranger().tries_login(&uma.email, PASSWORD).await.status, 401, "locked");
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "login.locked").await, 1, "the tenth and no other");
    let compared = "audit_logs WHERE kind IN ('login.failed', 'login.locked') AND data->>'reason' = 'wrong_password'";
    assert_eq!(app.db.count(compared).await, 10);
    assert_eq!(recorded(&app, "login.failed").await, 200, "199 of the race, and the right one that waits");
}
