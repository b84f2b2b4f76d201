//! Going on after a broken connection: no hole, no double, and `resync` where neither can be promised.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;

use super::outside::{happens, head, number};
use crate::support::{App, eventually::eventually, person::Person};

const PEOPLE: usize = 4;
const LOGINS: usize = 50;

/// Listens from `since`, tears the connection after a few events, and comes back, until `wanted` sign-ins were seen.
async fn restless(ada: Person, mut since: i64, wanted: usize) -> (Vec<i64>, usize) {
    let (mut seqs, mut logins, mut connections) = (Vec::new(), 0, 0);
    while logins < wanted {
        let mut socket = ada.listens(Some(since)).await;
        connections += 1;
        for _ in 0..5 + connections % 7 {
            let frame = socket.frame().await;
            let Some(seq) = number(&frame) else { continue };
            seqs.push(seq);
            since = seq;
            logins += usize::from(frame["kind"] == "login.succeeded");
            if logins == wanted {
                break;
            }
        }
    }
    (seqs, connections)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_logins_are_seen_once_each_across_many_torn_connections() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(app.colleague_of(&ada, &format!("person{number}"), "user").await);
    }
    let hello = ada.listens(None).await.hello;
    let start = hello["seq"].as_i64().unwrap();
    let reader = tokio::spawn(restless(ada.clone(), start, PEOPLE * LOGINS));
    join_all(people.iter_mut().map(|person| async {
        for _ in 0..LOGINS {
            person.signs_in().await;
        }
    }))
    .await;
    let (seqs, connections) = reader.await.unwrap();
    assert!(seqs.iter().copied().eq(start + 1..=start + seqs.len() as i64), "a hole or a double in {seqs:?}");
    assert!(connections >= 15, "only {connections} connections");
}

#[tokio::test]
async fn what_is_too_long_ago_or_not_there_is_a_resync_and_the_stream_goes_on_after_it() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    happens(&app.db, "acme", 10_050, 0).await;
    let root = tokio::sync::Mutex::new(app.db.connect("postgres").await);
    let head = eventually("10,050 events are numbered", Duration::from_secs(60), || async {
        let mut root = root.lock().await;
        Some(head(&mut root, "acme").await).filter(|head| *head > 10_050)
    })
    .await;

    for (since, reason) in [(1, "too_long"), (head + 1_000, "gap")] {
        let mut socket = ada.listens(Some(since)).await;
        let resync = socket.expect("resync").await;
        assert_eq!((&resync["data"]["reason"], &resync["seq"]), (&json!(reason), &json!(head)));
        // Further than this the stream of this story never goes.
        socket.says(json!({ "kind": "ping" })).await;
        assert_eq!(socket.expect("head").await["seq"], head);
    }

    let mut near = ada.listens(Some(head - 9_999)).await;
    for seq in head - 9_998..=head {
        assert_eq!(near.expect("login.failed").await["seq"], seq, "just short enough to be replayed");
    }
    happens(&app.db, "acme", 1, 0).await;
    assert_eq!(near.expect("login.failed").await["seq"], head + 1);
}
