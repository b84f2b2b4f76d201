//! Somebody may be in Uma's account: Ada signs her out everywhere and voids her password, which Mallory knows.

use serde_json::json;

use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{PASSWORD, Person, token_in},
};

const BETTER: &str = "Copper-Kettle-19-Violins";

async fn secures(admin: &Person, person: &Person) {
    let body = json!({ "reason": "a login from nowhere", "require_new_password": true });
    admin.posts(&format!("/api/users/{}/force-logout", person.id), body).await.expect(200);
}

/// The token of the mail that asks for a new password.
async fn mailed_token(app: &App, person: &Person) -> String {
    let arrived = async || {
        let mails = app.mailbox.items(Some(&person.email));
        mails.into_iter().find(|mail| mail.subject.contains("need a new password"))
    };
    token_in(&eventually("the mail with the link", DEADLINE, arrived).await.text)
}

#[tokio::test]
async fn the_old_password_is_refused_like_any_wrong_one_until_the_mailed_link_set_another() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let waiting = uma.opens_challenge().await;
    let wrong = uma.as_stranger().tries_login(&uma.email, "wrong-Password-1").await.refused(401, "invalid_credentials");

    secures(&ada, &uma).await;
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    uma.refreshes().await.refused(401, "invalid_refresh_token");
    let old = uma.as_stranger().tries_login(&uma.email, PASSWORD).await.refused(401, "invalid_credentials");
    assert_eq!(old.without_request_id(), wrong.without_request_id(), "nobody learns that the password is void");
    let code = uma.authenticator.as_mut().unwrap().next_code();
    assert_eq!(uma.answers(&waiting, &code).await.status, 401, "a sign-in that had begun goes no further");

    let token = mailed_token(&app, &uma).await;
    let reset = json!({ "token": token, "new_password": BETTER });
    app.stranger().posts("/api/auth/password/reset", reset.clone()).await.expect(204);
    app.stranger().posts("/api/auth/password/reset", reset).await.refused(400, "invalid_link");
    uma.as_stranger().tries_login(&uma.email, PASSWORD).await.refused(401, "invalid_credentials");
    let first = uma.as_stranger().tries_login(&uma.email, BETTER).await.expect(200);
    assert_eq!(first.text_at("/status"), "mfa_required", "the second factor is still asked");
}

#[tokio::test]
async fn the_log_says_that_a_new_password_was_demanded_and_holds_no_token() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let mut desk = ada.listens(None).await;
    secures(&ada, &uma).await;
    let shown = desk.expect("session.revoked").await;
    assert_eq!((&shown["data"]["new_password_required"], &shown["subject"]["id"]), (&json!(true), &json!(uma.id)));
    let token = mailed_token(&app, &uma).await;
    let log = ada.gets("/api/audit-logs?limit=200").await.expect(200);
    assert!(!log.text.contains(&token), "the link is in the mail alone");
}

#[tokio::test]
async fn a_link_that_is_lost_is_asked_for_again_and_the_newer_one_works() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    secures(&ada, &uma).await;
    mailed_token(&app, &uma).await;
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": uma.email })).await.expect(202);
    let mails = app.mailbox.wait_for(&uma.email, 3).await;
    let mail = mails.iter().find(|mail| mail.subject == "Set a new password").unwrap();
    let reset = json!({ "token": token_in(&mail.text), "new_password": BETTER });
    app.stranger().posts("/api/auth/password/reset", reset).await.expect(204);
    assert_eq!(uma.as_stranger().tries_login(&uma.email, BETTER).await.expect(200).text_at("/status"), "authenticated");
}

#[tokio::test]
async fn only_an_admin_of_her_company_does_this() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let mallory = app.admin_of("Globex").await;
    let (path, body) = (format!("/api/users/{}/force-logout", uma.id), json!({ "require_new_password": true }));
    max.posts(&path, body.clone()).await.refused(403, "forbidden");
    mallory.posts(&path, body).await.refused(404, "not_found");
    uma.signs_in().await;
    ada.posts(&path, json!({ "require_new_password": "yes" })).await.refused(400, "invalid_body");
    ada.posts(&path, json!({ "reason": "plain" })).await.expect(200);
    uma.signs_in().await.gets("/api/users/me").await.expect(200);
}
