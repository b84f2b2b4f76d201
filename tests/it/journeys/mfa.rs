//! Second factor, in ten steps: register, set up, scan, confirm, save the codes, sign out, sign in, answer; a backup code
//! works once; a spent code never again.

use reqwest::Method;
use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn ada_registers_sets_her_authenticator_up_and_signs_in_with_it() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/mfa_enabled"), false);

    let codes = ada.enrolls().await;
    assert_eq!(codes.len(), 8);
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/mfa_enabled"), true);
    assert_eq!(ada.gets("/api/auth/session").await.expect(200).at("/amr"), json!(["pwd", "otp", "mfa"]));
    app.mailbox.wait_for(&ada.email, 3).await;

    ada.posts("/api/auth/logout", json!({})).await.expect(204);
    ada.gets("/api/users/me").await.refused(401, "session_revoked");

    let first = ada.begins_login().await.expect(200);
    assert_eq!(first.text_at("/status"), "mfa_required");
    assert!(!first.text.contains("access_token"), "no token before the second factor: {}", first.text);
    let mfa_token = first.text_at("/mfa_token");

    let spent = ada.authenticator.as_ref().unwrap().last_code();
    ada.answers(&mfa_token, &spent).await.refused(401, "invalid_code");
    let code = ada.authenticator.as_mut().unwrap().next_code();
    let ada = ada.with_tokens(&ada.answers(&mfa_token, &code).await.expect(200));
    ada.gets("/api/users/me").await.expect(200);

    ada.answers(&mfa_token, &code).await.refused(401, "challenge_expired");
    let again = ada.begins_login().await.expect(200);
    ada.answers(&again.text_at("/mfa_token"), &code).await.refused(401, "invalid_code");
}

#[tokio::test]
async fn a_backup_code_opens_once_and_its_owner_reads_what_is_left() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let codes = ada.enrolls().await;

    let first = ada.begins_login().await.expect(200);
    let reply = ada.answers_with_backup(&first.text_at("/mfa_token"), &codes[0]).await.expect(200);
    let ada = ada.with_tokens(&reply);

    let second = ada.begins_login().await.expect(200);
    ada.answers_with_backup(&second.text_at("/mfa_token"), &codes[0]).await.refused(401, "invalid_code");
    // As typed by somebody in a hurry.
    let hurried = codes[1].to_uppercase().replace('-', " ");
    ada.answers_with_backup(&second.text_at("/mfa_token"), &hurried).await.expect(200);

    let left = ada.gets("/api/auth/mfa/backup-codes").await.expect(200);
    assert_eq!(left.headers["cache-control"], "no-store");
    assert_eq!((left.at("/remaining"), left.at("/codes").as_array().unwrap().len()), (json!(6), 8));
    let spent: Vec<_> =
        left.at("/codes").as_array().unwrap().iter().filter(|code| !code["used_at"].is_null()).cloned().collect();
    assert_eq!(spent.len(), 2);

    let fresh = ada.asks(Method::POST, "/api/auth/mfa/backup-codes/regenerate", Some(json!({}))).await.expect(200);
    let third = ada.begins_login().await.expect(200);
    ada.answers_with_backup(&third.text_at("/mfa_token"), &codes[2]).await.refused(401, "invalid_code");
    let code = fresh.text_at("/backup_codes/0");
    ada.answers_with_backup(&third.text_at("/mfa_token"), &code).await.expect(200);
}
