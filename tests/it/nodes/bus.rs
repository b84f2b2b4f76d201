//! A forced logout on one node, felt on the other: by each bus, and without any (faults F9 and F10).

use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::json;

use super::{both_confirmed, fleet, hears, is_degraded, pair, throws_out};
use crate::support::{App, app::DEADLINE, eventually::eventually, person::Person};

/// Without a bus a node looks once a second; what the machine does besides is not its fault.
const BY_LOOKING: Duration = Duration::from_millis(1_100);
const SLACK: Duration = Duration::from_millis(900);

/// Ada on the first node; Uma with a socket on the second.
async fn ada_and_uma(app: &App) -> (Person, Person) {
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    (ada, uma.before(app, 1))
}

/// When the receipt is there, everything has happened on the other node too.
async fn counts_everywhere_with_the_receipt(app: &App) {
    let (ada, mut uma) = ada_and_uma(app).await;
    for _ in 0..3 {
        uma = uma.signs_in().await;
        let mut socket = uma.listens(None).await;
        let receipt = throws_out(&ada, &uma).await;
        both_confirmed(&receipt);
        assert_eq!(receipt.at("/sockets_closed"), 1, "the one on the other node: {}", receipt.text);
        // Not eventually: at once.
        uma.gets("/api/users/me").await.refused(401, "session_revoked");
        uma.posts("/api/live/ticket", json!({})).await.refused(401, "session_revoked");
        let (last, code) = socket.until_closed().await;
        assert_eq!((&last["kind"], code), (&json!("session.revoked"), 4401));
    }
    let (deadline, expiry) = {
        let receipt = throws_out(&ada, &uma).await;
        (receipt.text_at("/hard_deadline"), receipt.text_at("/latest_expiry"))
    };
    assert!(deadline < expiry, "a silent node is held to its lease of seconds, not to the life of a token");

    let mut socket = uma.signs_in().await.listens(None).await;
    let everybody = ada.posts("/api/company/force-logout", json!({})).await.expect(200);
    both_confirmed(&everybody);
    assert_eq!(socket.until_closed().await.1, 4401);
}

/// Nobody confirms, and all the same nobody passes for longer than a look takes.
async fn counts_within_a_second_without_a_bus(app: &App) {
    let (ada, mut uma) = ada_and_uma(app).await;
    for _ in 0..3 {
        uma = uma.signs_in().await;
        let mut socket = uma.listens(None).await;
        let receipt = throws_out(&ada, &uma).await;
        let since = Instant::now();
        assert_eq!(["/nodes_live", "/nodes_acked", "/outstanding"].map(|count| receipt.at(count)), [2, 1, 1]);
        let refused = async || (uma.gets("/api/users/me").await.status == 401).then_some(());
        eventually("the token is refused", BY_LOOKING + SLACK, refused).await;
        assert_eq!(socket.until_closed().await.1, 4401);
        assert!(since.elapsed() < BY_LOOKING + SLACK, "{:?}", since.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_logout_counts_on_both_nodes_of_a_pair_before_the_receipt_is_written() {
    counts_everywhere_with_the_receipt(&pair().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forced_logout_counts_on_both_nodes_of_a_fleet_before_the_receipt_is_written() {
    counts_everywhere_with_the_receipt(&fleet().await.0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nodes_that_were_told_to_be_alone_find_out_by_looking() {
    let mut app = App::start().await;
    app.add_node().await;
    super::know_each_other(&app).await;
    counts_within_a_second_without_a_bus(&app).await;
    let (content, said) = app.runs(&["doctor"]).await;
    assert!(!content && said.contains("WRONG  nodes: 2 nodes serve this database and bus.kind is \"solo\""), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stands_still_is_named_outstanding_and_lets_nobody_in_when_it_goes_on() {
    let app = pair().await;
    let (ada, uma) = ada_and_uma(&app).await;
    uma.gets("/api/users/me").await.expect(200);
    app.signals(1, Signal::STOP);
    let since = Instant::now();
    let receipt = throws_out(&ada, &uma).await;
    let counts = ["/nodes_live", "/nodes_acked", "/outstanding"].map(|count| receipt.at(count));
    assert_eq!(counts, [2, 1, 1], "{}", receipt.text);
    assert!(
        since.elapsed() < Duration::from_secs(4),
        "nobody waits longer than the settings say: {:?}",
        since.elapsed()
    );
    let deadline = receipt.text_at("/hard_deadline");
    let over = format!("SELECT clock_timestamp() > '{deadline}'::timestamptz");
    eventually("the deadline passes", DEADLINE, async || app.db.value::<bool>(&over).await.then_some(())).await;
    app.signals(1, Signal::CONT);
    // The first answer, whatever wakes first in there.
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    let heard = async || (throws_out(&ada, &uma).await.at("/nodes_acked") == 2).then_some(());
    eventually("it is heard again", DEADLINE, heard).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_nats_delays_a_forced_logout_by_a_second_and_is_heard_again_when_it_is_back() {
    let (app, mut nats) = fleet().await;
    nats.kill().await;
    for node in 0..2 {
        let degraded = async || is_degraded(&app, node).await.then_some(());
        eventually("the nodes notice", DEADLINE, degraded).await;
    }
    counts_within_a_second_without_a_bus(&app).await;
    nats.comes_back().await;
    for node in 0..2 {
        hears(&app, node).await;
    }
    let (ada, uma) = {
        let ada = app.stranger().registers("Bolt").await;
        let uma = app.colleague_of(&ada, "uma", "user").await;
        (ada, uma.before(&app, 1))
    };
    both_confirmed(&throws_out(&ada, &uma).await);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    for node in 0..2 {
        let said = |text: &str| app.log(node).iter().filter(|line| line.contains(text)).count();
        assert_eq!((said("does not carry"), said("works again")), (1, 1), "once each: {:?}", app.log(node));
        assert_eq!(said("a-password-nobody-else-has"), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn listening_connections_that_postgresql_cuts_are_made_again() {
    let app = pair().await;
    let (ada, uma) = ada_and_uma(&app).await;
    let cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = 'voxgate bus'";
    let cut: i64 = app.db.value(cut).await;
    assert!(cut >= 4, "two connections of each node: {cut}");
    eventually("they hear each other again", DEADLINE, async || {
        (throws_out(&ada, &uma).await.at("/nodes_acked") == 2).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operators_word_reaches_a_serving_node_by_the_bus() {
    let app = App::start_with(&[("bus.kind", "pair")]).await;
    hears(&app, 0).await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let mut socket = uma.listens(None).await;
    let (content, said) = app.runs(&["user", "force-logout", "--company", "acme", "--email", &uma.email]).await;
    assert!(content && said.contains("out of 1 sessions"), "{said}");
    assert_eq!(socket.until_closed().await.1, 4401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_knows_the_nodes_and_whether_their_bus_carries() {
    let (app, mut nats) = fleet().await;
    // A node that has just come says in its next heartbeat that the bus carries.
    let said = eventually("both nodes are heard", DEADLINE, async || {
        Some(app.runs(&["doctor"]).await.1).filter(|said| said.contains("ok     nodes: 2 serving"))
    })
    .await;
    let nodes = [app.base(0), app.base(1)].map(|base| base.replace("http://", ""));
    assert!(nodes.iter().all(|node| said.contains(node)), "{said}");
    assert!(said.contains("ok     bus: NATS carried a message"), "{said}");
    nats.kill().await;
    let told = async || {
        let (content, said) = app.runs(&["doctor"]).await;
        assert!(!content && said.contains("WRONG  bus: NATS") && !said.contains("nobody-else-has"), "{said}");
        said.contains("WRONG  nodes: the bus does not carry for").then_some(())
    };
    eventually("the nodes have said so", DEADLINE, told).await;
}
