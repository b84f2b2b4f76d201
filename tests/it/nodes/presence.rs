//! Who is connected, asked of a node they are not connected to.

use serde_json::{Value, json};

use super::pair;
use crate::support::{App, app::DEADLINE, eventually::eventually, person::Person};

/// Whether a node says that somebody has a live socket.
async fn sees(asks: &Person, who: &Person) -> bool {
    let shown = asks.gets("/api/live/sessions").await.expect(200).at("/items");
    let people = shown.as_array().unwrap();
    let person = people.iter().find(|person| person["user_id"] == who.id);
    person.is_some_and(|person| {
        person["sessions"].as_array().unwrap().iter().any(|session| session["connected"] == Value::Bool(true))
    })
}

async fn until_seen(asks: &Person, who: &Person, expected: bool) {
    let looks = async || (sees(asks, who).await == expected).then_some(());
    eventually(&format!("{} is seen: {expected}", who.email), DEADLINE, looks).await;
}

async fn cast(app: &App) -> (Person, Person, Person) {
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let otto = app.colleague_of(&ada, "otto", "user").await;
    (ada, uma.before(app, 1), otto.before(app, 1))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_is_seen_from_every_node_until_it_or_its_node_is_gone() {
    let mut app = pair().await;
    let (ada, uma, otto) = cast(&app).await;
    assert!(!sees(&ada, &uma).await);
    let (hers, _his) = (uma.listens(None).await, otto.listens(None).await);
    until_seen(&ada, &uma, true).await;
    until_seen(&ada, &otto, true).await;
    assert!(sees(&ada.before(&app, 1), &uma).await, "on its own node at once");
    drop(hers);
    until_seen(&ada, &uma, false).await;
    assert!(sees(&ada, &otto).await, "he stays");
    let bob = app.stranger().registers("Bolt").await;
    assert!(!sees(&bob, &otto).await);
    assert_eq!(app.db.count("presence WHERE company_id = (SELECT id FROM companies WHERE slug = 'bolt')").await, 0);

    app.kill(1).await;
    until_seen(&ada, &otto, false).await;
    let node = app.add_node().await;
    let otto = otto.before(&app, node);
    let _back = otto.listens(None).await;
    until_seen(&ada, &otto, true).await;
    app.stop(node).await;
    until_seen(&ada, &otto, false).await;
    assert_eq!(app.db.count("nodes WHERE seen_at > now() - interval '5 seconds'").await, 1, "it has taken its leave");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_hears_of_a_browser_that_left_another_node_and_of_no_other_companys() {
    let app = pair().await;
    let (ada, uma, otto) = cast(&app).await;
    let bob = app.stranger().registers("Bolt").await;
    let (mut desk, mut here, mut foreign) =
        (ada.listens(None).await, otto.listens(None).await, bob.listens(None).await);
    let mut hers = uma.listens(None).await;
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    assert_eq!(hers.until_closed().await.1, 4401);
    drop(hers);
    let left = desk.expect("session.left").await;
    assert_eq!((&left["subject"]["id"], &left["data"]), (&json!(uma.id), &json!({ "answered": true, "remaining": 0 })));
    assert!(left.get("seq").is_none(), "it is in no log");

    // What comes after it has come, and it has not: neither to a User of hers nor to another company.
    for (admin, socket) in [(&ada, &mut here), (&bob, &mut foreign)] {
        let name = json!({ "name": "Renamed" });
        admin.patches("/api/company", name).await.expect(200);
        let mut seen = Vec::new();
        socket.says(json!({ "kind": "ping" })).await;
        while seen.last().is_none_or(|kind| kind != "head") {
            seen.push(socket.frame().await["kind"].as_str().unwrap().to_owned());
        }
        assert!(!seen.contains(&"session.left".to_owned()), "{seen:?}");
    }
}
