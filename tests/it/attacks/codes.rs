//! Second-factor codes: steps that are skipped, codes that come twice, codes of others, and codes that are none.

use serde_json::{Value, json};

use super::{COMPANY, HOLDER, count, hands_out_tokens, in_database, moved};
use crate::support::{App, authenticator::Authenticator, person::Person};

/// A company with an Admin who has a second factor, and her backup codes.
async fn enrolled(app: &App, company: &str) -> (Person, Vec<String>) {
    let mut ada = app.admin_of(company).await;
    let codes = ada.enrolls().await;
    (ada, codes)
}

async fn mfa_token(person: &Person) -> String {
    person.begins_login().await.expect(200).text_at("/mfa_token")
}

/// Lets time pass: every step of the present window can be used again.
async fn time_passes(app: &App, person: &mut Person) {
    in_database(app, "UPDATE factors SET last_step = last_step - 10; DELETE FROM attempts").await;
    person.authenticator.as_mut().unwrap().forget_shown();
}

#[tokio::test]
async fn case_02_the_password_alone_gives_an_enrolled_person_nothing_that_opens_a_door() {
    let app = App::start().await;
    let (ada, _) = enrolled(&app, "Acme").await;
    let sessions = count(&app, "SELECT count(*) FROM sessions").await;
    let body = json!({ "email": ada.email, "password": crate::support::person::PASSWORD }).to_string();
    let json = ("Content-Type", "application/json");
    let base = app.base(0);
    for headers in [vec![json], vec![json, ("X-Voxgate-Client", "web"), ("Origin", base.as_str())]] {
        let reply = super::crafted(&app, reqwest::Method::POST, "/api/auth/login", &headers, &body).await.expect(200);
        assert!(!hands_out_tokens(&reply), "{reply:?}");
        let half = ada.bearing(&reply.text_at("/mfa_token"));
        half.posts("/api/live/ticket", json!({})).await.refused(401, "unauthenticated");
        half.posts("/api/auth/refresh", json!({ "refresh_token": reply.text_at("/mfa_token") }))
            .await
            .refused(401, "invalid_refresh_token");
    }
    assert_eq!(count(&app, "SELECT count(*) FROM sessions").await, sessions, "no session began");
}

#[tokio::test]
async fn case_03_no_answer_holds_a_code_or_the_secret_once_it_is_confirmed() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let setup = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let secret = setup.text_at("/secret");
    let mut authenticator = Authenticator::typed(&secret);
    let enabled = ada.posts("/api/auth/mfa/enable", json!({ "code": authenticator.next_code() })).await.expect(200);
    assert!(!enabled.text.contains(&secret));
    ada = ada.with_tokens(&enabled);
    let now = Authenticator::now_step();
    let codes: Vec<String> = (now - 1..=now + 2).map(|step| format!("\"{}\"", authenticator.code_at(step))).collect();
    let document = ada.gets("/api/openapi.json").await.expect(200).json();
    let mut replies = vec![ada.begins_login().await.expect(200), ada.posts("/api/auth/mfa/setup", json!({})).await];
    for (path, item) in document["paths"].as_object().unwrap() {
        let of_people = !["/api/live", "/api/revocations/stream"].contains(&path.as_str());
        if item.get("get").is_some() && !path.contains('{') && of_people {
            replies.push(ada.gets(path).await.expect(200));
        }
    }
    assert!(replies.len() > 12, "the readable API was read");
    for reply in replies {
        assert!(!reply.text.contains(&secret), "the confirmed secret: {}", reply.text);
        assert!(!codes.iter().any(|code| reply.text.contains(code)), "a present code: {}", reply.text);
    }
}

#[tokio::test]
async fn case_04_a_sign_in_begun_before_the_factor_changed_cannot_be_finished_after() {
    let app = App::start().await;
    let (mut ada, codes) = enrolled(&app, "Acme").await;
    let old = mfa_token(&ada).await;
    time_passes(&app, &mut ada).await;
    let code = ada.authenticator.as_mut().unwrap().next_code();
    let body = json!({ "password": crate::support::person::PASSWORD, "code": code });
    ada.posts("/api/auth/mfa/disable", body).await.expect(204);
    let next = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&old, &next).await.refused(401, "challenge_expired");
    ada.answers_with_backup(&old, &codes[0]).await.refused(401, "challenge_expired");

    let mut ada = ada.signs_in().await;
    ada.enrolls().await;
    let old = mfa_token(&ada).await;
    in_database(&app, "UPDATE factors SET last_step = 0").await;
    ada.enrolls().await;
    time_passes(&app, &mut ada).await;
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&old, &code).await.refused(401, "challenge_expired");
    let fresh = mfa_token(&ada).await;
    ada.answers(&fresh, &code).await.expect(200);
}

#[tokio::test]
async fn case_05_a_pending_sign_in_works_once_and_for_its_own_user_and_company_only() {
    let app = App::start().await;
    let (mut ada, _) = enrolled(&app, "Acme").await;
    let (mut bea, codes) = enrolled(&app, "Beta").await;
    let (hers, theirs) = (mfa_token(&ada).await, mfa_token(&bea).await);

    let foreign = bea.authenticator.as_mut().unwrap().next_code();
    ada.answers(&hers, &foreign).await.refused(401, "invalid_code");
    for places in [COMPANY, HOLDER, 0..32] {
        let twisted = moved(&hers, &theirs, places.clone());
        bea.answers(&twisted, &foreign).await.refused(401, "challenge_expired");
        bea.answers_with_backup(&twisted, &codes[0]).await.refused(401, "challenge_expired");
    }
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&hers, &code).await.expect(200);
    let next = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&hers, &next).await.refused(401, "challenge_expired");
}

#[tokio::test]
async fn case_06_a_code_seen_over_the_shoulder_opens_nothing_and_is_told_to_the_admins() {
    let app = App::start().await;
    let (mut ada, _) = enrolled(&app, "Acme").await;
    let mut desk = ada.listens(None).await;
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&mfa_token(&ada).await, &code).await.expect(200);
    ada.answers(&mfa_token(&ada).await, &code).await.refused(401, "invalid_code");
    let told = desk.expect("mfa.code_replayed").await;
    assert_eq!((&told["severity"], &told["subject"]["id"]), (&json!("warning"), &json!(ada.id)));
    assert!(!told.to_string().contains(&format!("\"{code}\"")), "the event does not repeat the code");
}

#[tokio::test]
async fn cases_07_and_08_after_a_step_is_used_it_and_all_before_it_are_refused_for_ever() {
    let app = App::start().await;
    let (mut ada, _) = enrolled(&app, "Acme").await;
    time_passes(&app, &mut ada).await;
    let authenticator = ada.authenticator.clone().unwrap();
    let step = Authenticator::now_step();
    ada.answers(&mfa_token(&ada).await, &authenticator.code_at(step + 1)).await.expect(200);
    for earlier in [step + 1, step, step - 1] {
        ada.answers(&mfa_token(&ada).await, &authenticator.code_at(earlier)).await.refused(401, "invalid_code");
        let watermark = count(&app, "SELECT last_step FROM factors WHERE status = 'active'").await;
        assert_eq!(watermark, i64::try_from(step + 1).unwrap(), "the watermark stays");
    }
}

#[tokio::test]
async fn case_09_the_code_of_the_set_up_is_no_first_sign_in_code() {
    let app = App::start().await;
    let (ada, _) = enrolled(&app, "Acme").await;
    let spent = ada.authenticator.as_ref().unwrap().last_code();
    ada.answers(&mfa_token(&ada).await, &spent).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn case_16_a_spent_backup_code_is_refused_for_ever() {
    let app = App::start().await;
    let (ada, codes) = enrolled(&app, "Acme").await;
    let token = mfa_token(&ada).await;
    ada.answers_with_backup(&token, &codes[0]).await.expect(200);
    ada.answers_with_backup(&token, &codes[0]).await.refused(401, "challenge_expired");
    for spelling in [codes[0].clone(), codes[0].to_uppercase(), codes[0].replace('-', ""), format!(" {} ", codes[0])] {
        ada.answers_with_backup(&mfa_token(&ada).await, &spelling).await.refused(401, "invalid_code");
    }
    // The other doors that take a code take no backup code.
    let body = json!({ "password": crate::support::person::PASSWORD, "code": codes[1] });
    ada.posts("/api/auth/reauthenticate", body.clone()).await.refused(401, "invalid_code");
    ada.posts("/api/auth/mfa/disable", body).await.refused(401, "invalid_code");
    assert_eq!(count(&app, "SELECT count(*) FROM backup_codes WHERE used_at IS NOT NULL").await, 1);
}

#[tokio::test]
async fn case_17_a_backup_code_of_somebody_else_opens_nothing_in_the_company_and_outside() {
    let app = App::start().await;
    let (ada, hers) = enrolled(&app, "Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let colleagues = uma.enrolls().await;
    let (_, strangers) = enrolled(&app, "Beta").await;
    let token = mfa_token(&ada).await;
    ada.answers_with_backup(&token, &colleagues[0]).await.refused(401, "invalid_code");
    ada.answers_with_backup(&token, &strangers[0]).await.refused(401, "invalid_code");
    ada.answers_with_backup(&token, &hers[0]).await.expect(200);
    let spent = count(&app, "SELECT count(*) FROM backup_codes WHERE used_at IS NOT NULL").await;
    assert_eq!(spent, 1, "nobody else lost a code");
}

#[tokio::test]
async fn case_19_blank_null_and_lucky_codes_open_nothing_and_are_counted() {
    let app = App::start().await;
    let (mut ada, _) = enrolled(&app, "Acme").await;
    let token = mfa_token(&ada).await;
    let stranger = app.stranger();
    for code in [Value::Null, json!(123_456), json!(true), json!([]), json!({}), json!(["000000"])] {
        let body = json!({ "mfa_token": token, "code": code });
        stranger.posts("/api/auth/verify-mfa", body).await.expect(400);
    }
    for body in [json!({ "mfa_token": token }), json!({ "mfa_token": token, "code": "1", "backup_code": "2" })] {
        stranger.posts("/api/auth/verify-mfa", body).await.expect(400);
    }
    let authenticator = ada.authenticator.clone().unwrap();
    let wrong = authenticator.code_at(Authenticator::now_step() + 1000);
    for guess in ["", " ", "000000", "0", &wrong] {
        let reply = ada.answers(&token, guess).await;
        assert!(matches!(reply.status, 400 | 401) && !hands_out_tokens(&reply), "{guess:?}: {reply:?}");
    }
    // Five tries of this sign-in are gone: now not even the right code is compared.
    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&token, &code).await.refused(429, "too_many_attempts");
}

#[tokio::test]
async fn case_28_codes_two_steps_away_are_refused() {
    let app = App::start().await;
    let (mut ada, _) = enrolled(&app, "Acme").await;
    time_passes(&app, &mut ada).await;
    let authenticator = ada.authenticator.clone().unwrap();
    for distance in [-3, -2, 2, 3] {
        let step = Authenticator::now_step();
        let code = authenticator.code_at(step.checked_add_signed(distance).unwrap());
        let reply = ada.answers(&mfa_token(&ada).await, &code).await;
        if Authenticator::now_step() == step {
            reply.refused(401, "invalid_code");
        } else {
            in_database(&app, "UPDATE factors SET last_step = 0").await; // the step changed under our hands
        }
    }
    let code = authenticator.code_at(Authenticator::now_step());
    ada.answers(&mfa_token(&ada).await, &code).await.expect(200);
}
