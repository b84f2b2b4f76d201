//! A company demands the second factor: who has none is led into setting one up, and nothing else opens.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{App, authenticator::Authenticator, person::Person, reply::Reply};

async fn demands_mfa(app: &App) -> (Person, Person) {
    let mut ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.enrolls().await;
    ada.patches("/api/company", json!({ "mfa_required": true })).await.expect(200);
    (ada, uma)
}

fn waits(reply: &Reply) -> String {
    assert_eq!(reply.text_at("/status"), "mfa_enrollment_required", "{}", reply.text);
    assert_eq!(reply.at("/methods"), json!(["totp"]));
    assert!(!reply.text.contains("access_token") && !reply.text.contains("refresh_token"), "{}", reply.text);
    reply.text_at("/mfa_token")
}

/// Sets a factor up with the waiting token and gives the answer that finishes the sign-in.
async fn sets_up(person: &Person) -> (Authenticator, Reply) {
    let setup = person.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let mut authenticator = Authenticator::scan(&setup.text_at("/otpauth_uri"));
    let code = authenticator.next_code();
    let done = person.posts("/api/auth/mfa/enable", json!({ "code": code })).await.expect(200);
    (authenticator, done)
}

#[tokio::test]
async fn uma_is_led_into_setting_a_factor_up_and_is_then_signed_in() {
    let app = App::start().await;
    let (ada, mut uma) = demands_mfa(&app).await;
    let token = waits(&uma.begins_login().await.expect(200));

    let waiting = uma.bearing(&token);
    let setup = waiting.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let mut authenticator = Authenticator::scan(&setup.text_at("/otpauth_uri"));
    waiting.posts("/api/auth/mfa/enable", json!({ "code": "000000" })).await.refused(401, "invalid_code");
    let code = authenticator.next_code();
    let done = waiting.posts("/api/auth/mfa/enable", json!({ "code": code })).await.expect(200);
    assert_eq!((done.text_at("/status"), done.at("/user/mfa_enabled")), ("authenticated".into(), json!(true)));
    assert_eq!(done.at("/backup_codes").as_array().unwrap().len(), 8);

    let signed_in = uma.with_tokens(&done);
    assert_eq!(signed_in.gets("/api/auth/session").await.expect(200).at("/amr"), json!(["pwd", "otp", "mfa"]));
    signed_in.refreshes().await.expect(200);

    // The token was spent, and the set-up's code signs nobody in.
    waiting.posts("/api/auth/mfa/setup", json!({})).await.refused(401, "unauthenticated");
    waiting.posts("/api/auth/mfa/enable", json!({ "code": code })).await.refused(401, "unauthenticated");
    let again = uma.begins_login().await.expect(200);
    assert_eq!(again.text_at("/status"), "mfa_required");
    uma.answers(&again.text_at("/mfa_token"), &code).await.refused(401, "invalid_code");
    uma.authenticator = Some(authenticator);
    uma.signs_in().await.gets("/api/users/me").await.expect(200);

    let mut desk = ada.listens(Some(0)).await;
    for kind in ["mfa.enrolled", "company.updated", "mfa.failed", "mfa.enrolled", "login.succeeded"] {
        desk.expect(kind).await;
    }
}

/// Every documented route with every method it has, but for the three that lead out.
fn other_routes(document: &Value) -> Vec<(Method, String)> {
    let mut routes = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let signed = operation["security"].is_array();
            let leads_out = ["mfa.setup", "mfa.enable", "auth.logout"];
            if signed && !leads_out.contains(&operation["operationId"].as_str().unwrap()) {
                let path = path.replace("{id}", ID).replace("{sid}", ID);
                routes.push((method.to_uppercase().parse().unwrap(), path));
            }
        }
    }
    routes
}

const ID: &str = "0190a000-0000-7000-8000-00000000000a";

#[tokio::test]
async fn the_waiting_token_opens_nothing_else() {
    let app = App::start().await;
    let (_, uma) = demands_mfa(&app).await;
    let token = waits(&uma.begins_login().await.expect(200));
    let waiting = uma.bearing(&token);
    let document = app.stranger().gets("/api/openapi.json").await.expect(200).json();
    let routes = other_routes(&document);
    assert!(routes.len() > 15, "{routes:?}");
    for (method, path) in routes {
        let reply = waiting.asks(method.clone(), &path, Some(json!({}))).await;
        assert_eq!(reply.status, 401, "{method} {path}: {}", reply.text);
    }
    uma.answers(&token, "123456").await.refused(401, "challenge_expired");
    let swapped = json!({ "refresh_token": token });
    app.stranger().posts("/api/auth/refresh", swapped).await.refused(401, "invalid_refresh_token");

    waiting.posts("/api/auth/logout", json!({})).await.expect(204);
    waiting.posts("/api/auth/mfa/setup", json!({})).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn one_waiting_sign_in_is_finished_once_however_many_try() {
    let app = App::start().await;
    let (_, uma) = demands_mfa(&app).await;
    let token = waits(&uma.begins_login().await.expect(200));
    let waiting = uma.bearing(&token);
    let setup = waiting.posts("/api/auth/mfa/setup", json!({})).await.expect(200);
    let code = Authenticator::scan(&setup.text_at("/otpauth_uri")).next_code();
    let tries = (0..40).map(|_| waiting.posts("/api/auth/mfa/enable", json!({ "code": code })));
    let replies = futures_util::future::join_all(tries).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
    assert!(replies.iter().all(|reply| [200, 401, 409, 429].contains(&reply.status)), "{replies:?}");
}

#[tokio::test]
async fn switching_the_demand_on_ends_every_session_without_a_factor_but_the_admins_own() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let mut mara = app.colleague_of(&ada, "mara", "manager").await;
    mara.enrolls().await;
    let mut socket = uma.listens(None).await;

    ada.patches("/api/company", json!({ "mfa_required": true })).await.expect(200);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    uma.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(socket.until_closed().await.1, 4401);
    mara.gets("/api/users/me").await.expect(200);

    // The Admin's own session goes on, so that they can set a factor up; it is not renewed before they have.
    let elsewhere = ada.begins_login().await.expect(200);
    waits(&elsewhere);
    let mut ada = ada;
    ada.enrolls().await;
    ada.refreshes().await.expect(200);

    let code = mara.authenticator.as_mut().unwrap().next_code();
    let disable = json!({ "password": crate::support::person::PASSWORD, "code": code });
    mara.posts("/api/auth/mfa/disable", disable).await.refused(409, "mfa_demanded");
    let token = waits(&uma.begins_login().await.expect(200));
    let (authenticator, done) = sets_up(&uma.bearing(&token)).await;
    uma = uma.with_tokens(&done);
    uma.authenticator = Some(authenticator);
    uma.gets("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn an_admin_without_a_factor_cannot_renew_the_session_that_demanded_one() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    ada.patches("/api/company", json!({ "mfa_required": true })).await.expect(200);
    ada.gets("/api/users/me").await.expect(200);
    ada.refreshes().await.refused(401, "invalid_refresh_token");
    ada.gets("/api/users/me").await.refused(401, "session_revoked");
}

#[tokio::test]
async fn who_joins_a_company_that_demands_a_factor_sets_one_up_first() {
    let app = App::start().await;
    let (ada, uma) = demands_mfa(&app).await;
    let token = ada.invites(&app, "noa@acme.example", "user").await;
    let body = json!({ "token": token, "full_name": "Noa New", "password": crate::support::person::PASSWORD });
    let joined = app.stranger().posts("/api/invitations/accept", body).await.expect(201);
    let (_, done) = sets_up(&uma.bearing(&waits(&joined))).await;
    assert_eq!(done.text_at("/user/email"), "noa@acme.example");
}
