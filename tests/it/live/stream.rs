//! Who hears what.

use reqwest::Method;
use serde_json::{Value, json};

use super::outside::{number, settled};
use crate::support::{App, person::Person, socket::Socket};

async fn renames(person: &Person, name: &str) {
    person.asks(Method::PUT, "/api/users/me", Some(json!({ "full_name": name }))).await.expect(200);
}

/// Every numbered event until the profile of `name` changed.
async fn until_renamed(socket: &mut Socket, person: &Person) -> Vec<Value> {
    let mut heard = Vec::new();
    loop {
        let frame = socket.frame().await;
        if number(&frame).is_none() {
            continue;
        }
        heard.push(frame.clone());
        if frame["kind"] == "user.updated" && frame["actor"]["id"] == person.id {
            return heard;
        }
    }
}

#[tokio::test]
async fn hello_says_where_the_log_stands_and_who_one_is() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    settled(&app.db).await;
    let socket = ada.listens(None).await;
    let log = ada.gets("/api/audit-logs?limit=1").await.expect(200);
    let hello = &socket.hello;
    assert_eq!((&hello["v"], &hello["data"]["role"]), (&json!(1), &json!("admin")));
    assert_eq!((&hello["seq"], &hello["data"]["seq"]), (&log.at("/items/0/seq"), &log.at("/items/0/seq")));
    assert_eq!(hello["data"]["heartbeat_seconds"], 15);
}

#[tokio::test]
async fn admin_and_manager_hear_the_company_and_a_user_hears_only_what_is_theirs() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let mut otto = app.colleague_of(&ada, "otto", "user").await;
    let mut desks = [ada.listens(None).await, max.listens(None).await];
    let mut own = uma.listens(None).await;

    for round in 0..5 {
        otto.signs_in().await;
        renames(&ada, &format!("Ada {round}")).await;
        renames(&otto, &format!("Otto {round}")).await;
        otto.as_stranger().tries_login(&otto.email, "wrong").await.expect(401);
        otto.as_stranger().tries_login(&uma.email, "wrong").await.expect(401);
    }
    uma.signs_in().await;
    renames(&uma, "Uma the Last").await;

    let heard = until_renamed(&mut own, &uma).await;
    for event in &heard {
        let (by_her, about_her) = (event["actor"]["id"] == uma.id, event["subject"]["id"] == uma.id);
        assert!(by_her || about_her && event["actor"]["type"] != "user", "not hers: {event}");
    }
    let count = |kind: &str| heard.iter().filter(|event| event["kind"] == kind).count();
    assert_eq!((count("login.failed"), count("login.succeeded"), count("user.updated")), (5, 1, 1));

    for desk in &mut desks {
        let heard = until_renamed(desk, &uma).await;
        let seqs: Vec<i64> = heard.iter().filter_map(number).collect();
        assert!(seqs.windows(2).all(|pair| pair[1] == pair[0] + 1), "{seqs:?}");
        assert!(seqs.len() >= 5 * 5 + 2, "{seqs:?}");
    }
}

#[tokio::test]
async fn a_replay_shows_a_user_no_more_than_the_live_stream_does() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    renames(&ada, "Ada").await;
    renames(&uma, "Uma").await;
    let mut root = app.db.connect("postgres").await;
    let mut desk = ada.listens(Some(0)).await;
    let everything = until_renamed(&mut desk, &uma).await;
    assert!(everything.iter().any(|event| event["kind"] == "company.registered"));
    assert_eq!(super::outside::head(&mut root, "acme").await, everything.last().unwrap()["seq"]);

    let mut own = uma.listens(Some(0)).await;
    for event in until_renamed(&mut own, &uma).await {
        assert!(event["actor"]["id"] == uma.id || event["subject"]["id"] == uma.id, "not hers: {event}");
    }
}
