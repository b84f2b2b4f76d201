//! One code, many hands.

use serde_json::json;

use super::{CLIENTS, all_is_recorded, client, installation, of_status, on_one_node_and_on_two, only, race, recorded};
use crate::support::{
    App,
    authenticator::Authenticator,
    person::{Admin, PASSWORD},
    reply::Reply,
};

on_one_node_and_on_two! {
    case_10_one_code_on_one_challenge_opens_one_session,
    case_10_one_code_on_many_challenges_opens_one_session,
    case_18_one_backup_code_on_many_challenges_opens_one_session,
    one_proof_code_proves_once,
    many_set_ups_at_once_leave_one_confirmed_secret,
    one_set_up_confirmed_by_everybody_counts_once,
    new_backup_codes_asked_by_everybody_are_eight,
}

async fn enrolled(nodes: usize) -> (App, Admin, Vec<String>) {
    let app = installation(nodes).await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;
    (app, ada, codes)
}

/// Half-finished sign-ins of the same person, one for each client.
async fn challenges(app: &App, ada: &Admin) -> Vec<String> {
    let body = json!({ "email": ada.email, "password": PASSWORD });
    let begun = race(app, CLIENTS, |stranger, _| {
        let body = body.clone();
        async move { stranger.posts("/api/auth/login", body).await }
    });
    begun.await.iter().map(|reply| reply.text_at("/mfa_token")).collect()
}

/// Exactly one of the replies is a sign-in, and rows and audit log say the same.
async fn one_is_in(app: &App, ada: &Admin, replies: &[Reply], method: &str) {
    only(replies, &[200, 401, 429]);
    let granted = of_status(replies, 200);
    assert_eq!(granted.len(), 1);
    let winner = ada.with_tokens(granted[0]);
    assert!(winner.is_in().await);
    all_is_recorded(app, ada).await;
    let live = format!("sessions WHERE user_id = '{}' AND revoked_at IS NULL", ada.id);
    assert_eq!(app.db.count(&live).await, 2, "hers and the one that was opened");
    assert_eq!(app.db.count("one_time_tokens WHERE used_at IS NOT NULL").await, 1);
    let told = format!("audit_logs WHERE kind = 'login.succeeded' AND data->>'method' = '{method}'");
    assert_eq!(app.db.count(&told).await, 1);
    let wrong = of_status(replies, 401).iter().filter(|reply| reply.at("/code") == "invalid_code").count();
    let mut failures = 0;
    for kind in ["mfa.failed", "mfa.code_replayed", "mfa.locked"] {
        failures += recorded(app, kind).await;
    }
    assert_eq!(failures, i64::try_from(wrong).unwrap(), "one row for every code that was refused");
}

async fn case_10_one_code_on_one_challenge_opens_one_session(nodes: usize) {
    let (app, mut ada, _) = enrolled(nodes).await;
    let (challenge, code) = (ada.opens_challenge().await, app.fresh_code(&mut ada).await);
    let body = json!({ "mfa_token": challenge, "code": code });
    let replies = race(&app, CLIENTS, |stranger, _| {
        let body = body.clone();
        async move { stranger.posts("/api/auth/verify-mfa", body).await }
    });
    one_is_in(&app, &ada, &replies.await, "totp").await;
}

async fn case_10_one_code_on_many_challenges_opens_one_session(nodes: usize) {
    let (app, mut ada, _) = enrolled(nodes).await;
    let challenges = challenges(&app, &ada).await;
    let code = app.fresh_code(&mut ada).await;
    let replies = race(&app, CLIENTS, |stranger, number| {
        // Begun at one node, answered at the other.
        let body = json!({ "mfa_token": challenges[(number + 1) % CLIENTS], "code": code });
        async move { stranger.posts("/api/auth/verify-mfa", body).await }
    });
    one_is_in(&app, &ada, &replies.await, "totp").await;
}

async fn case_18_one_backup_code_on_many_challenges_opens_one_session(nodes: usize) {
    let (app, ada, codes) = enrolled(nodes).await;
    let challenges = challenges(&app, &ada).await;
    let replies = race(&app, CLIENTS, |stranger, number| {
        let body = json!({ "mfa_token": challenges[(number + 1) % CLIENTS], "backup_code": codes[0] });
        async move { stranger.posts("/api/auth/verify-mfa", body).await }
    });
    one_is_in(&app, &ada, &replies.await, "backup_code").await;
    assert_eq!(app.db.count("backup_codes WHERE used_at IS NOT NULL").await, 1);
    assert_eq!(recorded(&app, "backup_code.used").await, 1);
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'backup_code_used'").await, 1);
}

async fn one_proof_code_proves_once(nodes: usize) {
    let (app, mut ada, _) = enrolled(nodes).await;
    let code = app.fresh_code(&mut ada).await;
    let proof = json!({ "password": PASSWORD, "code": code });
    let replies = race(&app, CLIENTS, |stranger, _| {
        let (ada, proof) = (ada.in_front_of(&stranger), proof.clone());
        async move { ada.posts("/api/auth/reauthenticate", proof).await }
    });
    let replies = replies.await;
    only(&replies, &[200, 401, 429]);
    assert_eq!(of_status(&replies, 200).len(), 1);
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "session.reauthenticated").await, 1);
}

async fn many_set_ups_at_once_leave_one_confirmed_secret(nodes: usize) {
    const TABS: usize = 5;
    let app = installation(nodes).await;
    let mut ada = app.admin_of("Acme").await;
    let set_ups = race(&app, TABS, |stranger, _| {
        let ada = ada.in_front_of(&stranger);
        async move { ada.posts("/api/auth/mfa/setup", json!({})).await }
    });
    let set_ups = set_ups.await;
    only(&set_ups, &[200]);
    let mut authenticators: Vec<_> =
        set_ups.iter().map(|reply| Authenticator::scan(&reply.text_at("/otpauth_uri"))).collect();
    let codes: Vec<_> = authenticators.iter_mut().map(Authenticator::present_code).collect();
    let confirmed = race(&app, 2 * TABS, |stranger, number| {
        let (ada, code) = (ada.in_front_of(&stranger), json!({ "code": codes[number % TABS] }));
        async move { ada.posts("/api/auth/mfa/enable", code).await }
    });
    let confirmed = confirmed.await;
    only(&confirmed, &[200, 401, 409]);
    let granted: Vec<_> = (0..2 * TABS).filter(|number| confirmed[*number].status == 200).collect();
    assert_eq!(granted.len(), 1, "one secret counts");
    assert_eq!(app.db.count("factors WHERE status = 'active'").await, 1);
    assert_eq!(app.db.count("factors").await, 1);

    ada = ada.with_tokens(&confirmed[granted[0]]);
    ada.authenticator = Some(authenticators.swap_remove(granted[0] % TABS));
    let (challenge, code) = (ada.opens_challenge().await, app.fresh_code(&mut ada).await);
    ada.answers(&challenge, &code).await.expect(200);
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "mfa.enrolled").await, 1);
}

async fn one_set_up_confirmed_by_everybody_counts_once(nodes: usize) {
    let app = installation(nodes).await;
    let ada = app.admin_of("Acme").await;
    let code = json!({ "code": ada.begins_enrollment().await.present_code() });
    let replies = race(&app, CLIENTS, |stranger, _| {
        let (ada, code) = (ada.in_front_of(&stranger), code.clone());
        async move { ada.posts("/api/auth/mfa/enable", code).await }
    });
    let replies = replies.await;
    only(&replies, &[200, 409, 429]);
    let granted = of_status(&replies, 200);
    assert_eq!(granted.len(), 1);
    let ada = ada.with_tokens(granted[0]);
    // The codes that were shown are the codes that count.
    let shown: Vec<String> = serde_json::from_value(granted[0].at("/backup_codes")).unwrap();
    let challenge = ada.opens_challenge().await;
    ada.answers_with_backup(&challenge, &shown[7]).await.expect(200);
    all_is_recorded(&app, &ada).await;
    assert_eq!((recorded(&app, "mfa.enrolled").await, app.db.count("backup_codes").await), (1, 8));
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'mfa_enabled'").await, 1);
}

async fn new_backup_codes_asked_by_everybody_are_eight(nodes: usize) {
    let (app, ada, old) = enrolled(nodes).await;
    let replies = race(&app, 20, |stranger, _| {
        let ada = ada.in_front_of(&stranger);
        async move { ada.posts("/api/auth/mfa/backup-codes/regenerate", json!({})).await }
    });
    let replies = replies.await;
    only(&replies, &[200]);
    let read = ada.gets("/api/auth/mfa/backup-codes").await.expect(200);
    let mut stored: Vec<_> =
        read.at("/codes").as_array().unwrap().iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect();
    stored.sort();
    let shown = replies.iter().filter(|reply| {
        let mut shown: Vec<String> = serde_json::from_value(reply.at("/backup_codes")).unwrap();
        shown.sort();
        shown == stored
    });
    assert_eq!((shown.count(), stored.len()), (1, 8), "one answer's whole set, nothing mixed");
    let challenge = client(&app, 1).tries_login(&ada.email, PASSWORD).await.text_at("/mfa_token");
    ada.answers_with_backup(&challenge, &old[0]).await.refused(401, "invalid_code");
    all_is_recorded(&app, &ada).await;
    assert_eq!(recorded(&app, "backup_codes.regenerated").await, 20, "one row for each answer");
}
