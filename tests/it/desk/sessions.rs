//! Max, a Manager, looks who is signed in.

use serde_json::{Value, json};

use crate::support::{App, app::DEADLINE, eventually::eventually, person::Person};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn people(person: &Person) -> Vec<Value> {
    let shown = person.gets("/api/live/sessions").await.expect(200);
    assert_eq!(shown.at("/more"), json!(false));
    shown.at("/items").as_array().unwrap().clone()
}

fn entry<'a>(people: &'a [Value], person: &Person) -> &'a Value {
    people.iter().find(|entry| entry["user_id"] == person.id).unwrap_or_else(|| panic!("{} is not here", person.email))
}

#[tokio::test]
async fn everybody_is_listed_with_their_devices_and_who_left_is_gone() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    app.admin_of("Globex").await;
    uma.enrolls().await;
    let mut browser = uma.wearing(&[("user-agent", FIREFOX)]);
    browser.authenticator = uma.authenticator.clone();
    let browser = browser.signs_in().await;

    let shown = people(&max).await;
    assert_eq!(shown.len(), 3, "her company and no other: {shown:?}");
    let names: Vec<_> = shown.iter().map(|entry| entry["full_name"].as_str().unwrap()).collect();
    assert!(names.is_sorted(), "{names:?}");
    let hers = entry(&shown, &uma);
    assert_eq!(
        (&hers["email"], &hers["role"], &hers["mfa_enabled"]),
        (&json!(uma.email), &json!("user"), &json!(true))
    );
    let newest = &hers["sessions"][0];
    assert_eq!((&newest["device"], &newest["user_agent"]), (&json!("Firefox on Linux"), &json!(FIREFOX)));
    assert_eq!((&newest["ip"], &newest["mfa"]), (&json!("127.0.0.1"), &json!(true)));
    assert_eq!(newest["id"], browser.session_id().await);
    assert_eq!(entry(&shown, &ada)["sessions"][0]["mfa"], false);

    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    assert_eq!(people(&max).await.len(), 2, "who was thrown out is not signed in");
}

#[tokio::test]
async fn who_has_a_live_socket_is_shown_as_connected_until_it_closes() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let connected = async || entry(&people(&ada).await, &uma)["sessions"][0]["connected"] == true;
    assert!(!connected().await);
    let socket = uma.listens(None).await;
    assert!(connected().await, "a socket that said hello is attached");
    drop(socket);
    eventually("the socket is gone", DEADLINE, async || (!connected().await).then_some(())).await;
}
