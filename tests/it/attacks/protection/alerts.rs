//! What the desk and the people are told.

use serde_json::json;

use super::{recorded, unlimited};
use crate::support::person::PASSWORD;

const PROXY: (&str, &str) = ("server.trusted_proxies", "127.0.0.0/8");

#[tokio::test]
async fn a_sign_in_on_a_new_device_is_told_once_to_the_desk_and_to_its_owner() {
    let app = unlimited(&[PROXY]).await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let mut desk = ada.listens(None).await;
    uma.begins_login().await.expect(200);
    let phone = [("x-forwarded-for", "198.51.100.7"), ("user-agent", "Mozilla/5.0 (Android 14) Firefox/127.0")];
    uma.wearing(&phone).begins_login().await.expect(200);
    uma.wearing(&phone).begins_login().await.expect(200);

    let told = desk.expect("login.new_device").await;
    assert_eq!((&told["subject"]["id"], &told["severity"]), (&json!(uma.id), &json!("notice")));
    assert_eq!((&told["data"]["device"], &told["ip"]), (&json!("Firefox on Android"), &json!("198.51.100.7")));
    assert_eq!(recorded(&app, "login.new_device").await.len(), 1, "known from then on");
    let shown = ada.gets(&format!("/api/users/{}/sessions", uma.id)).await.expect(200);
    let new = |session: &serde_json::Value| (session["device"].clone(), session["new_device"].clone());
    let sessions: Vec<_> = shown.at("/items").as_array().unwrap().iter().map(new).collect();
    let phone = "Firefox on Android";
    assert_eq!(&sessions[..2], [(json!(phone), json!(false)), (json!(phone), json!(true))], "its first session alone");
    assert!(sessions[2..].iter().all(|(_, new)| new == false), "{sessions:?}");
    let mails = app.mailbox.wait_for(&uma.email, 2).await;
    let mail = mails.iter().find(|mail| mail.subject.contains("A sign-in from a new device")).expect("a mail");
    assert!(mail.text.contains("Firefox on Android") && mail.text.contains("198.51.100.7"), "{}", mail.text);
}

#[tokio::test]
async fn a_session_says_that_it_began_on_a_network_of_which_its_owner_never_signed_in() {
    let app = unlimited(&[PROXY]).await;
    let ada = app.admin_of("Acme").await;
    let at = |address| [("x-forwarded-for", address), ("user-agent", "Firefox/127.0")];
    let (home, away) = ("198.51.100.7", "203.0.113.9");
    let uma = app.colleague_of(&ada.wearing(&at(home)), "uma", "user").await;
    for address in [home, "198.51.100.200", away, away, home] {
        uma.wearing(&at(address)).begins_login().await.expect(200);
    }
    let shown = ada.gets(&format!("/api/users/{}/sessions", uma.id)).await.expect(200).at("/items");
    let of = |session: &serde_json::Value| (session["ip"].clone(), session["new_network"].clone());
    let sessions: Vec<_> = shown.as_array().unwrap().iter().map(of).collect();
    let old = |address: &str| (json!(address), json!(false));
    let expected = [old(home), old(away), (json!(away), json!(true)), old("198.51.100.200"), old(home), old(home)];
    assert_eq!(sessions, expected, "newest first; her very first is no news");
    let desk = ada.gets("/api/live/sessions").await.expect(200).at("/items");
    let hers = desk.as_array().unwrap().iter().find(|person| person["user_id"] == uma.id).unwrap();
    assert_eq!(hers["sessions"].as_array().unwrap().iter().filter(|session| session["new_network"] == true).count(), 1);
}

#[tokio::test]
async fn a_company_may_do_without_the_mail_but_not_without_the_event() {
    let app = unlimited(&[PROXY]).await;
    let ada = app.admin_of("Acme").await;
    ada.patches("/api/company", json!({ "notify_new_device": false })).await.expect(200);
    ada.wearing(&[("x-forwarded-for", "198.51.100.7")]).begins_login().await.expect(200);
    assert_eq!(recorded(&app, "login.new_device").await.len(), 1);
    let mut all = app.db.connect("postgres").await;
    let queued = sqlx::query_scalar("SELECT count(*) FROM mail_outbox WHERE kind = 'new_device'");
    let queued: i64 = queued.fetch_one(&mut all).await.unwrap();
    assert_eq!(queued, 0);
}

#[tokio::test]
async fn a_success_after_many_failures_is_told() {
    let app = unlimited(&[]).await;
    let ada = app.admin_of("Acme").await;
    for _ in 0..5 {
        ada.as_stranger().tries_login(&ada.email, "Wrong-Guess-77-Rivers").await.refused(401, "invalid_credentials");
    }
    ada.as_stranger().tries_login(&ada.email, PASSWORD).await.expect(200);
    let mut desk = ada.listens(Some(0)).await;
    let told = desk.expect("login.after_failures").await;
    assert_eq!((&told["data"]["failures"], &told["severity"]), (&json!(5), &json!("warning")));
}
