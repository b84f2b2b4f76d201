//! A hundred clients ask for the same thing at once, over HTTP, in front of one node and of two. After each race the rows
//! are looked at: what was granted once is there once, with one line in the audit log.
//!
//! That the same questions asked naively (read, decide, write) would be granted many times is shown beside the claim
//! statements, in `store::claims`.

mod factors;
mod guesses;
mod joining;
mod leaving;
mod renewals;

use std::time::Instant;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Semaphore;

use crate::support::{
    App,
    app::DEADLINE,
    person::{Admin, Stranger},
    reply::Reply,
};

/// How many ask at once.
const CLIENTS: usize = 100;

/// Tells each story twice: in front of one node, and of two.
macro_rules! on_one_node_and_on_two {
    ($($story:ident),+ $(,)?) => {
        mod one_node {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story(1).await;
            })+
        }
        mod two_nodes {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $story() {
                super::$story(2).await;
            })+
        }
    };
}
use on_one_node_and_on_two;

/// An installation of so many nodes.
async fn installation(nodes: usize) -> App {
    let mut app = App::start().await;
    while app.nodes() < nodes {
        app.add_node().await;
    }
    app
}

/// Somebody with a connection of their own, the n-th of them in front of one node after the other.
fn client(app: &App, number: usize) -> Stranger {
    Stranger::at(app.base(number % app.nodes()))
}

/// Whoever was turned away at the first rush comes again in a queue this short: no account's queue is full by it.
const COMING_AGAIN: usize = 6;

/// Lets everybody ask at once. Whoever is turned away because the account's queue is full or no connection is free has
/// touched nothing and asks again, so that every client gets its verdict.
async fn race<F>(app: &App, clients: usize, ask: impl Fn(Stranger, usize) -> F) -> Vec<Reply>
where
    F: Future<Output = Reply>,
{
    let (started, queue) = (Instant::now(), Semaphore::new(COMING_AGAIN));
    let everybody = (0..clients).map(|number| {
        let (stranger, ask, queue) = (client(app, number), &ask, &queue);
        async move {
            let mut reply = ask(stranger.clone(), number).await;
            while turned_away(&reply) {
                assert!(started.elapsed() < DEADLINE * 3, "no verdict");
                let _turn = queue.acquire().await.unwrap();
                reply = ask(stranger.clone(), number).await;
            }
            reply
        }
    });
    join_all(everybody).await
}

/// Whether nothing was done, for want of room.
fn turned_away(reply: &Reply) -> bool {
    match reply.status {
        429 => reply.at("/code") == "too_many_requests",
        503 => ["busy", "unavailable"].contains(&reply.text_at("/code").as_str()),
        _ => false,
    }
}

/// The replies of this status.
fn of_status(replies: &[Reply], status: u16) -> Vec<&Reply> {
    replies.iter().filter(|reply| reply.status == status).collect()
}

/// Whether there is no reply but of these statuses.
#[track_caller]
fn only(replies: &[Reply], statuses: &[u16]) {
    let strange = replies.iter().filter(|reply| !statuses.contains(&reply.status));
    let strange: Vec<_> = strange.map(|reply| (reply.status, &reply.text)).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

/// Waits until everything that happened before is in the audit log: numbers are given in the order of commits.
async fn all_is_recorded(app: &App, admin: &Admin) {
    admin.puts("/api/users/me", json!({ "full_name": "Ada At The End" })).await.expect(200);
    admin.reads_audit("user.updated", 1).await;
    let places = "SELECT seq, row_number() OVER (PARTITION BY company_id ORDER BY seq) AS place FROM audit_logs";
    assert_eq!(app.db.count(&format!("({places}) rows WHERE seq <> place")).await, 0, "numbers without gaps");
}

/// How many rows of this kind the audit log has.
async fn recorded(app: &App, kind: &str) -> i64 {
    app.db.count(&format!("audit_logs WHERE kind = '{kind}'")).await
}
