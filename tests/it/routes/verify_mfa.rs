//! The second step of a sign-in: which codes count, when the challenge is over, and that guessing has an end however
//! often it is begun anew.

use serde_json::json;

use crate::support::{
    App,
    authenticator::Authenticator,
    person::{Admin, PASSWORD},
};

async fn enrolled() -> (App, Admin, Vec<String>) {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;
    (app, ada, codes)
}

fn at(ada: &Admin, step: u64) -> String {
    ada.authenticator.as_ref().unwrap().code_at(step)
}

#[tokio::test]
async fn the_steps_around_now_count_and_no_others() {
    let (app, ada, _) = enrolled().await;
    for (offset, counts) in [(-2_i64, false), (2, false), (-1, true), (0, true), (1, true)] {
        // A step that ended while the question was on its way proves nothing: ask again.
        loop {
            app.db.execute("UPDATE factors SET last_step = 0").await;
            let challenge = ada.opens_challenge().await;
            let step = Authenticator::now_step();
            let answer = ada.answers(&challenge, &at(&ada, step.checked_add_signed(offset).unwrap())).await;
            if Authenticator::now_step() == step {
                assert_eq!(answer.status, if counts { 200 } else { 401 }, "{offset}: {}", answer.text);
                break;
            }
        }
    }
}

#[tokio::test]
async fn a_spent_code_is_a_replay_and_is_recorded_as_one() {
    let (app, mut ada, _) = enrolled().await;
    let code = app.fresh_code(&mut ada).await;
    let challenge = ada.opens_challenge().await;
    let ada = ada.with_tokens(&ada.answers(&challenge, &code).await.expect(200));
    let challenge = ada.opens_challenge().await;
    ada.answers(&challenge, &code).await.refused(401, "invalid_code");
    assert_eq!(ada.reads_audit("mfa.code_replayed", 1).await.len(), 1);
    // An older step than the last one spent is spent too, though it was never shown.
    let older = at(&ada, Authenticator::now_step() - 1);
    ada.answers(&challenge, &older).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn what_is_no_code_is_a_wrong_code() {
    let (_app, ada, codes) = enrolled().await;
    for strange in ["", "12345", "1234567", "abcdef", "１２３４５６", " ", &codes[0], "999999999999999999999"] {
        let challenge = ada.opens_challenge().await;
        ada.answers(&challenge, strange).await.refused(401, "invalid_code");
    }
    let challenge = ada.opens_challenge().await;
    let neither = json!({ "mfa_token": challenge });
    ada.as_stranger().posts("/api/auth/verify-mfa", neither).await.refused(400, "invalid_input");
    let both = json!({ "mfa_token": challenge, "code": "123456", "backup_code": codes[0] });
    ada.as_stranger().posts("/api/auth/verify-mfa", both).await.refused(400, "invalid_input");
}

#[tokio::test]
async fn a_challenge_is_over_when_used_expired_or_overtaken() {
    let (app, mut ada, codes) = enrolled().await;
    let used = ada.opens_challenge().await;
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&used, &code).await.expect(200);
    ada.answers_with_backup(&used, &codes[0]).await.refused(401, "challenge_expired");

    let expired = ada.opens_challenge().await;
    app.db.execute("UPDATE one_time_tokens SET expires_at = now() WHERE used_at IS NULL").await;
    ada.answers_with_backup(&expired, &codes[0]).await.refused(401, "challenge_expired");

    let deactivated = ada.opens_challenge().await;
    app.db.execute("UPDATE users SET status = 'deactivated'").await;
    ada.answers_with_backup(&deactivated, &codes[0]).await.refused(401, "challenge_expired");
    app.db.execute("UPDATE users SET status = 'active'").await;

    let overtaken = ada.opens_challenge().await;
    ada.posts("/api/auth/logout", json!({ "scope": "all" })).await.expect(204);
    ada.answers_with_backup(&overtaken, &codes[0]).await.refused(401, "challenge_expired");

    for unknown in ["", "vgm_", "vgm_AAAA", &format!("{}A", &overtaken[..overtaken.len() - 1])] {
        ada.answers_with_backup(unknown, &codes[0]).await.refused(401, "challenge_expired");
    }
    let left = app.db.count("backup_codes WHERE used_at IS NULL").await;
    assert_eq!(left, 8, "no code was spent on a challenge that is over");
}

#[tokio::test]
async fn five_tries_end_a_challenge_even_for_the_right_code() {
    let (app, mut ada, codes) = enrolled().await;
    let challenge = ada.opens_challenge().await;
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    for _ in 0..5 {
        ada.answers(&challenge, &wrong).await.refused(401, "invalid_code");
    }
    let right = app.fresh_code(&mut ada).await;
    ada.answers(&challenge, &right).await.refused(429, "too_many_attempts");
    ada.answers_with_backup(&challenge, &codes[0]).await.refused(429, "too_many_attempts");
    let again = ada.opens_challenge().await;
    ada.answers(&again, &right).await.expect(200);
}

#[tokio::test]
async fn beginning_anew_gives_no_more_guesses() {
    let (app, mut ada, codes) = enrolled().await;
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    let (mut compared, mut refused) = (0, 0);
    for _ in 0..20 {
        let challenge = ada.opens_challenge().await;
        for _ in 0..3 {
            match ada.answers(&challenge, &wrong).await.status {
                401 => compared += 1,
                429 => refused += 1,
                other => panic!("{other}"),
            }
        }
    }
    assert_eq!((compared, refused), (10, 50));
    // The tenth says that the factor is locked; what was refused after it was not compared and writes nothing.
    assert_eq!(ada.reads_audit("mfa.locked", 1).await.len(), 1);
    assert_eq!(ada.reads_audit("mfa.failed", 9).await.len(), 9);
    // The right code waits as long as the wrong ones, here and where a session asks for it.
    let right = app.fresh_code(&mut ada).await;
    let challenge = ada.opens_challenge().await;
    let locked = ada.answers(&challenge, &right).await.refused(429, "too_many_attempts");
    let wait: u64 = locked.headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((600..=900).contains(&wait), "{wait}");
    let proof = json!({ "password": PASSWORD, "code": right });
    ada.posts("/api/auth/reauthenticate", proof.clone()).await.refused(429, "too_many_attempts");
    ada.posts("/api/auth/mfa/disable", proof).await.refused(429, "too_many_attempts");
    // Backup codes count apart: the owner has a way in.
    ada.answers_with_backup(&challenge, &codes[0]).await.expect(200);
}
