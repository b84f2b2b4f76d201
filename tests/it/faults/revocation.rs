//! Revocation where the node that must refuse is not the one that was asked, and where its feed is dead.

use std::time::{Duration, Instant};

use serde_json::json;

use super::ONE_ISSUER;
use crate::support::{
    App,
    db::run,
    eventually::eventually,
    person::{Admin, Person},
};

/// The lease is five seconds; a stale node notices within the next.
const STALE: Duration = Duration::from_secs(8);

async fn throws_out(ada: &Admin, person: &Person) {
    ada.posts(&format!("/api/users/{}/force-logout", person.id), json!({})).await.expect(200);
}

async fn two_nodes() -> (App, Admin) {
    let mut app = App::start_with(&[ONE_ISSUER]).await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    (app, ada)
}

#[tokio::test]
async fn another_node_refuses_within_a_pull_and_closes_its_sockets() {
    let (app, ada) = two_nodes().await;
    for name in ["uma", "otto", "ida"] {
        let person = app.colleague_of(&ada, name, "user").await.before(&app, 1);
        person.gets("/api/users/me").await.expect(200);
        let mut socket = person.listens(None).await;
        let since = Instant::now();
        throws_out(&ada, &person).await;
        let refused = eventually("the other node refuses", Duration::from_secs(5), || async {
            let reply = person.gets("/api/users/me").await;
            (reply.status != 200).then_some(reply)
        });
        refused.await.refused(401, "session_revoked");
        let (last, code) = socket.until_closed().await;
        assert_eq!((&last["kind"], code), (&json!("session.revoked"), 4401));
        // A pull a second, and a little for the way there and back.
        assert!(since.elapsed() < Duration::from_millis(1_700), "{:?}", since.elapsed());
    }
}

#[tokio::test]
async fn a_node_whose_feed_is_dead_asks_the_database_and_takes_the_feed_up_again() {
    let (app, ada) = two_nodes().await;
    let lost = app.colleague_of(&ada, "lost", "user").await;
    let gone = app.colleague_of(&ada, "gone", "user").await.before(&app, 1);
    let next = app.colleague_of(&ada, "next", "user").await.before(&app, 1);
    let here = ada.before(&app, 1);
    let mut desk = here.listens(None).await;
    let mut root = app.db.connect("postgres").await;
    run(&mut root, "REVOKE SELECT ON revocations FROM voxgate_sequencer").await;

    // Ended behind everybody's back, without a word to the feed: only the database can know.
    let end = format!("UPDATE sessions SET revoked_at = now(), revoke_reason = 'story' WHERE user_id = '{}'", lost.id);
    run(&mut root, &end).await;
    let lost = lost.before(&app, 1);
    let refused = eventually("the node asks the database", STALE, || async {
        here.gets("/api/users/me").await.expect(200);
        let reply = lost.gets("/api/users/me").await;
        (reply.status != 200).then_some(reply)
    });
    refused.await.refused(401, "session_revoked");

    // From now on every request is right at once, though nothing reaches this node by the feed.
    throws_out(&ada, &gone).await;
    gone.gets("/api/users/me").await.refused(401, "session_revoked");
    here.gets("/api/users/me").await.expect(200);
    let shown = desk.expect("session.revoked").await;
    assert_eq!(shown["subject"]["id"], gone.id, "live events pass the database's check");

    let mut socket = next.listens(None).await;
    run(&mut root, "GRANT SELECT ON revocations TO voxgate_sequencer").await;
    throws_out(&ada, &next).await;
    let since = Instant::now();
    assert_eq!(socket.until_closed().await.1, 4401);
    assert!(since.elapsed() < Duration::from_secs(5), "the feed came back after {:?}", since.elapsed());
}
