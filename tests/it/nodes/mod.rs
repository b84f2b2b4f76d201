//! Several nodes of one installation: what one hears of another, with each bus and with a dead one; a rolling restart;
//! a database that was lost or brought back; PgBouncer in between.

mod bus;
mod draining;
mod pooler;
mod presence;
mod readiness;
mod recovery;
mod stream;

use serde_json::{Value, json};

use crate::support::{App, app::DEADLINE, eventually::eventually, nats::Nats, person::Person, reply::Reply};

/// Long enough that a busy machine does not make a confirmation late.
const PATIENT: (&str, &str) = ("bus.confirm_milliseconds", "2000");

/// Two nodes that talk by the notifications of PostgreSQL.
async fn pair() -> App {
    two_nodes(App::installed(&[PATIENT, ("bus.kind", "pair")]).await).await
}

/// Two nodes that talk by NATS.
async fn fleet() -> (App, Nats) {
    let nats = Nats::start().await;
    let app = App::installed(&[PATIENT, ("bus.kind", "fleet"), ("bus.nats_url", &nats.url())]).await;
    (two_nodes(app).await, nats)
}

/// Both know of each other and hear each other.
async fn two_nodes(mut app: App) -> App {
    for node in 0..2 {
        app.add_node().await;
        assert_eq!(app.nodes(), node + 1);
    }
    for node in 0..2 {
        hears(&app, node).await;
    }
    know_each_other(&app).await;
    app
}

/// Waits until the first node counts the second one: a receipt says how many it knows.
async fn know_each_other(app: &App) {
    let ada = app.stranger().registers("Counting House").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    eventually("the nodes count each other", DEADLINE, async || {
        (throws_out(&ada, &uma).await.at("/nodes_live") == 2).then_some(())
    })
    .await;
}

async fn throws_out(admin: &Person, person: &Person) -> Reply {
    admin.posts(&format!("/api/users/{}/force-logout", person.id), json!({})).await.expect(200)
}

/// What a node says of its readiness.
async fn readiness(app: &App, node: usize) -> Reply {
    crate::support::person::Stranger::at(app.base(node)).gets("/readyz").await
}

/// Whether something is wrong with a node's bus.
async fn is_degraded(app: &App, node: usize) -> bool {
    let ready = readiness(app, node).await.expect(200).json();
    ready["degraded"].as_array().is_some_and(|list| list.iter().any(|what| what.as_str().unwrap().starts_with("bus: ")))
}

/// Waits until a node's bus works.
async fn hears(app: &App, node: usize) {
    eventually("the bus works", DEADLINE, async || (!is_degraded(app, node).await).then_some(())).await;
}

/// A receipt that says that both nodes refuse already.
#[track_caller]
fn both_confirmed(receipt: &Reply) {
    let counts = ["/nodes_live", "/nodes_acked", "/outstanding"].map(|count| receipt.at(count));
    assert_eq!(counts, [json!(2), json!(2), json!(0)], "{}", receipt.text);
}

/// The numbers of a company's events on a socket, up to the first of this kind.
async fn numbers_until(socket: &mut crate::support::socket::Socket, last: i64) -> Vec<i64> {
    let mut numbers = Vec::new();
    while numbers.last() != Some(&last) {
        let frame = tokio::time::timeout(DEADLINE, socket.frame()).await.expect("the event arrives");
        if !["head", "resync", "presence.changed"].contains(&frame["kind"].as_str().unwrap()) {
            numbers.extend(frame["seq"].as_i64());
        }
        assert_ne!(frame["kind"], Value::from("resync"), "{frame}");
    }
    numbers
}
