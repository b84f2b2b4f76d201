//! Bob watches Bolt on the second node while things happen on the first: every event, in order, once (fault F10).

use std::time::Instant;

use serde_json::json;

use super::{fleet, is_degraded, numbers_until, pair};
use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{Admin, PASSWORD},
};

/// Something happens this often, on alternating nodes; answers the number of the last event.
async fn things_happen(app: &App, admin: &Admin, times: usize) -> i64 {
    for n in 0..times {
        let stranger = admin.before(app, n % 2).as_stranger();
        stranger.posts("/api/auth/login", json!({ "email": admin.email, "password": PASSWORD })).await.expect(200);
    }
    app.settled(admin).await
}

/// Every number from the first on.
#[track_caller]
fn without_a_hole(numbers: &[i64], first: i64) {
    let expected: Vec<i64> = (first..first + numbers.len() as i64).collect();
    assert_eq!(numbers, expected);
}

async fn arrives_in_order(app: &App) {
    let bob = app.stranger().registers("Bolt").await;
    let head = app.settled(&bob).await;
    let mut desk = bob.before(app, 1).listens(Some(head)).await;
    let last = things_happen(app, &bob, 30).await;
    let since = Instant::now();
    without_a_hole(&numbers_until(&mut desk, last).await, head + 1);
    assert!(since.elapsed() < DEADLINE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_on_one_node_of_a_pair_shows_everything_of_both() {
    arrives_in_order(&pair().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_of_a_fleet_misses_nothing_while_nats_dies_and_comes_back() {
    let (app, mut nats) = fleet().await;
    arrives_in_order(&app).await;
    let bob = app.stranger().registers("Bolt Two").await;
    let head = app.settled(&bob).await;
    let mut desk = bob.before(&app, 1).listens(Some(head)).await;
    things_happen(&app, &bob, 6).await;
    nats.kill().await;
    let last = things_happen(&app, &bob, 12).await;
    without_a_hole(&numbers_until(&mut desk, last).await, head + 1);
    eventually("the nodes notice", DEADLINE, async || is_degraded(&app, 1).await.then_some(())).await;
    nats.comes_back().await;
    let after = things_happen(&app, &bob, 12).await;
    without_a_hole(&numbers_until(&mut desk, after).await, last + 1);
}
