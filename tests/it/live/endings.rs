//! Every way a session ends closes its sockets within a second and nobody else's; a stopping server says "come again".

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    faults::ONE_ISSUER,
    support::{App, person::Person, socket::Socket},
};

const AT_ONCE: Duration = Duration::from_secs(1);

async fn closes_at_once(mut socket: Socket, since: Instant, why: &str) {
    let (last, code) = socket.until_closed().await;
    assert_eq!((&last["kind"], code), (&json!("session.revoked"), 4401), "{why}");
    assert!(since.elapsed() < AT_ONCE, "{why} took {:?}", since.elapsed());
}

async fn is_open(socket: &mut Socket) {
    socket.says(json!({ "kind": "ping" })).await;
    socket.expect("head").await;
}

async fn session_id(person: &Person) -> String {
    let sessions = person.gets("/api/sessions").await.expect(200);
    let items = sessions.at("/items");
    let current = items.as_array().unwrap().iter().find(|session| session["current"] == true);
    current.unwrap()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn signing_out_here_elsewhere_or_everywhere_closes_exactly_those_sockets() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let (phone, laptop) = (uma.signs_in().await, uma.signs_in().await);
    let mut bystander = ada.listens(None).await;
    let mut here = uma.listens(None).await;

    let there = phone.listens(None).await;
    let since = Instant::now();
    phone.posts("/api/auth/logout", json!({})).await.expect(204);
    closes_at_once(there, since, "logout").await;
    is_open(&mut here).await;

    let there = laptop.listens(None).await;
    let since = Instant::now();
    uma.posts("/api/auth/logout", json!({ "scope": "others" })).await.expect(204);
    closes_at_once(there, since, "logout of the others").await;
    is_open(&mut here).await;

    let tablet = uma.signs_in().await;
    let there = tablet.listens(None).await;
    let since = Instant::now();
    let id = session_id(&tablet).await;
    uma.deletes(&format!("/api/sessions/{id}")).await.expect(204);
    closes_at_once(there, since, "the end of one session").await;
    is_open(&mut here).await;

    let tablet = uma.signs_in().await;
    let there = tablet.listens(None).await;
    let since = Instant::now();
    uma.posts("/api/auth/logout", json!({ "scope": "all" })).await.expect(204);
    closes_at_once(there, since, "logout everywhere, there").await;
    closes_at_once(here, since, "logout everywhere, here").await;
    is_open(&mut bystander).await;
}

#[tokio::test]
async fn an_admin_ends_one_session_or_all_of_a_person_and_the_sockets_go_at_once() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let otto = app.colleague_of(&ada, "otto", "user").await;
    let mut bystander = otto.listens(None).await;
    let phone = uma.signs_in().await;
    let (here, there) = (uma.listens(None).await, phone.listens(None).await);

    let since = Instant::now();
    let id = session_id(&phone).await;
    ada.deletes(&format!("/api/users/{}/sessions/{id}", uma.id)).await.expect(204);
    closes_at_once(there, since, "one session").await;

    let since = Instant::now();
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    closes_at_once(here, since, "force logout").await;
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    is_open(&mut bystander).await;
}

#[tokio::test]
async fn the_desk_hears_when_each_browser_of_an_ended_session_is_gone() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let session = session_id(&uma).await;
    let mut desk = ada.listens(None).await;
    let (mut polite, _deaf) = (uma.listens(None).await, uma.listens(None).await);
    ada.deletes(&format!("/api/users/{}/sessions/{session}", uma.id)).await.expect(204);
    assert_eq!(polite.until_closed().await.1, 4401);
    drop(polite);
    let first = desk.expect("session.left").await;
    assert_eq!((&first["session_id"], &first["subject"]["id"]), (&json!(session), &json!(uma.id)));
    assert_eq!(first["data"], json!({ "answered": true, "remaining": 1 }), "it closed its side");
    assert!(first.get("seq").is_none(), "it is in no log");
    // This one never reads: the server cuts it off after a second, and says so.
    let second = desk.expect("session.left").await;
    assert_eq!(second["data"], json!({ "answered": false, "remaining": 0 }));
}

#[tokio::test]
async fn a_server_that_stops_says_come_again_and_is_gone_within_five_seconds() {
    let mut app = App::start_with(&[ONE_ISSUER]).await;
    let ada = app.admin_of("Acme").await;
    let mut polite = ada.listens(None).await;
    // This one never reads and never answers the close.
    let _deaf = ada.listens(None).await;
    let since = Instant::now();
    let closed = tokio::spawn(async move { polite.until_closed().await.1 });
    let status = app.stop(0).await;
    assert!(status.success(), "{status}: {:?}", app.log(0));
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
    assert_eq!(closed.await.unwrap(), 1012);

    let node = app.add_node().await;
    let ada = ada.before(&app, node);
    ada.listens(Some(0)).await.expect("company.registered").await;
}
