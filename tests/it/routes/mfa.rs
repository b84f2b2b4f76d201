//! Setting a second factor up, replacing it, and removing it.

use data_encoding::BASE64;
use serde_json::json;

use crate::support::{App, authenticator::Authenticator, person::PASSWORD};

#[tokio::test]
async fn the_set_up_shows_one_secret_in_four_forms_and_never_again() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let setup = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    assert_eq!(setup.headers["cache-control"], "no-store");
    let (secret, uri) = (setup.text_at("/secret"), setup.text_at("/otpauth_uri"));
    assert!(uri.contains(&format!("secret={secret}")), "{uri}");
    let scanned = Authenticator::scan(&uri).code_at(7);
    assert_eq!(scanned, Authenticator::typed(&secret).code_at(7));
    assert!(setup.text_at("/qr_svg").starts_with("<svg"), "{}", &setup.text_at("/qr_svg")[..40]);
    let png = setup.text_at("/qr_png_data_uri");
    let png = BASE64.decode(png.strip_prefix("data:image/png;base64,").unwrap().as_bytes()).unwrap();
    assert!(png.starts_with(b"\x89PNG"));
    assert!(setup.at("/expires_in_seconds").as_u64().unwrap() <= 600);
    let again = ada.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    assert_ne!(again.text_at("/secret"), secret);
    let clear = app.db.count(&format!("factors f WHERE f::text LIKE '%{secret}%'")).await;
    assert_eq!(clear, 0, "no secret in the clear");
}

#[tokio::test]
async fn a_set_up_that_waits_protects_and_opens_nothing() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut waiting = ada.begins_enrollment().await;
    assert_eq!(ada.begins_login().await.expect(200).at("/status"), "authenticated", "the factor does not count yet");
    let code = waiting.present_code();
    ada.posts("/api/auth/mfa/disable", json!({ "password": PASSWORD, "code": code }))
        .await
        .refused(409, "mfa_not_enrolled");
    ada.gets("/api/auth/mfa/backup-codes").await.refused(409, "mfa_not_enrolled");
    ada.posts("/api/auth/mfa/backup-codes/regenerate", json!({})).await.refused(409, "mfa_not_enrolled");

    ada.posts("/api/auth/mfa/enable", json!({ "code": waiting.wrong_code() })).await.refused(401, "invalid_code");
    app.db.execute("UPDATE factors SET expires_at = now()").await;
    let late = json!({ "code": waiting.present_code() });
    ada.posts("/api/auth/mfa/enable", late).await.refused(409, "enrollment_not_started");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/mfa_enabled"), false);
}

#[tokio::test]
async fn enabling_ends_the_other_sessions_and_spends_the_code() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let phone = ada.signs_in().await;
    let before = ada.session_id().await;
    let mut authenticator = ada.begins_enrollment().await;
    let code = authenticator.present_code();
    let enabled = ada.posts("/api/auth/mfa/enable", json!({ "code": code })).await.expect(200);
    let now = ada.with_tokens(&enabled);
    assert!(now.is_in().await && !phone.is_in().await);
    phone.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(now.session_id().await, before);
    ada.posts("/api/auth/mfa/enable", json!({ "code": code })).await.refused(409, "enrollment_not_started");
    let challenge = ada.opens_challenge().await;
    ada.answers(&challenge, &code).await.refused(401, "invalid_code");
    let rows = now.reads_audit("mfa.enrolled", 1).await;
    assert_eq!((rows.len(), &rows[0]["data"]["sessions_revoked"]), (1, &json!(1)));
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'mfa_enabled'").await, 1);
}

#[tokio::test]
async fn the_old_phone_counts_until_the_new_one_is_confirmed() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let old_codes = ada.enrolls().await;
    let mut new_phone = ada.begins_enrollment().await;

    let challenge = ada.opens_challenge().await;
    ada.answers(&challenge, &new_phone.present_code()).await.refused(401, "invalid_code");
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&challenge, &code).await.expect(200);
    // The code of the old phone confirms nothing.
    let code = app.fresh_code(&mut ada).await;
    ada.posts("/api/auth/mfa/enable", json!({ "code": code })).await.refused(401, "invalid_code");

    let confirmed = ada.posts("/api/auth/mfa/enable", json!({ "code": new_phone.present_code() })).await.expect(200);
    let old_phone = ada.authenticator.replace(new_phone).unwrap();
    let mut ada = ada.with_tokens(&confirmed);
    let challenge = ada.opens_challenge().await;
    let now = Authenticator::now_step();
    ada.answers(&challenge, &old_phone.code_at(now)).await.refused(401, "invalid_code");
    ada.answers_with_backup(&challenge, &old_codes[0]).await.refused(401, "invalid_code");
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&challenge, &code).await.expect(200);
    assert_eq!(app.db.count("factors").await, 1);
}

#[tokio::test]
async fn removing_it_needs_both_proofs_and_takes_effect_at_once() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;
    app.fresh_code(&mut ada).await;
    ada.authenticator.as_mut().unwrap().forget_shown();
    let phone = ada.signs_in().await;
    let waiting = ada.opens_challenge().await;
    let wrong = ada.authenticator.as_ref().unwrap().wrong_code();
    let code = app.fresh_code(&mut ada).await;
    let remove = |password: &str, code: &str| {
        let (ada, body) = (ada.clone(), json!({ "password": password, "code": code }));
        async move { ada.posts("/api/auth/mfa/disable", body).await }
    };
    remove("wrong", &code).await.refused(401, "invalid_credentials");
    remove(PASSWORD, &wrong).await.refused(401, "invalid_code");
    remove(PASSWORD, &codes[0]).await.refused(401, "invalid_code");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/mfa_enabled"), true);

    remove(PASSWORD, &code).await.expect(204);
    for session in [&ada, &phone] {
        let says = session.gets("/api/auth/session").await.expect(200);
        assert_eq!(says.at("/amr"), json!(["pwd"]), "tokens issued before say less at once");
    }
    let code = app.fresh_code(&mut ada).await;
    ada.answers(&waiting, &code).await.refused(401, "challenge_expired");
    assert_eq!(ada.begins_login().await.expect(200).at("/status"), "authenticated");
    assert_eq!(app.db.count("factors").await + app.db.count("backup_codes").await, 0);
    assert_eq!(ada.reads_audit("mfa.disabled", 1).await[0]["severity"], "warning");
    assert_eq!(app.db.count("mail_outbox WHERE kind = 'mfa_disabled'").await, 1);
}

#[tokio::test]
async fn guessing_at_the_set_up_has_the_same_end() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut waiting = ada.begins_enrollment().await;
    let wrong = json!({ "code": waiting.wrong_code() });
    for _ in 0..10 {
        ada.posts("/api/auth/mfa/enable", wrong.clone()).await.refused(401, "invalid_code");
    }
    let right = json!({ "code": waiting.present_code() });
    ada.posts("/api/auth/mfa/enable", right.clone()).await.refused(429, "too_many_attempts");
    let mut anew = ada.begins_enrollment().await;
    ada.posts("/api/auth/mfa/enable", json!({ "code": anew.present_code() })).await.refused(429, "too_many_attempts");
}
