//! No frame crosses companies, and none a person's own wall, in a crowded mixed run.

use futures_util::future::{join, join_all};
use serde_json::json;

use super::outside::{happens, number};
use crate::support::{App, person::Person, socket::Socket};

const ROUNDS: u32 = 50;
const EACH: u32 = 25;

/// Reads a desk until the company's last event, checking that every frame is of this company; returns how many.
async fn reads(mut desk: Socket, company: &str, own: Vec<String>, last: String) -> usize {
    let mut events = 0;
    loop {
        let frame = desk.frame().await;
        let Some(seq) = number(&frame) else { continue };
        events += 1;
        assert_eq!(seq, desk.hello["seq"].as_i64().unwrap() + events, "a hole or a double");
        if let Some(of) = frame["data"]["company"].as_str() {
            assert_eq!(of, company);
        }
        for who in ["actor", "subject"] {
            let id = frame[who]["id"].as_str().filter(|_| frame[who]["type"] == "user");
            assert!(id.is_none_or(|id| own.iter().any(|own| own == id)), "a stranger in {frame}");
        }
        if frame["kind"] == "user.updated" && frame["actor"]["id"] == last {
            return usize::try_from(events).unwrap();
        }
    }
}

async fn lives(app: &App, slug: &str, person: &Person) {
    for round in 0..ROUNDS {
        happens(&app.db, slug, EACH, 50).await;
        if round % 5 == 0 {
            person.clone().signs_in().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_desks_side_by_side_see_two_thousand_five_hundred_events_and_none_of_the_others() {
    let app = App::start().await;
    let mut desks = Vec::new();
    let mut people = Vec::new();
    for slug in ["acme", "bolt"] {
        let ada = app.admin_of(slug).await;
        let uma = app.colleague_of(&ada, "uma", "user").await;
        let own = vec![ada.id.clone(), uma.id.clone()];
        desks.push(tokio::spawn(reads(ada.listens(None).await, slug, own, ada.id.clone())));
        people.push((slug, ada, uma));
    }
    let mut personal = people[0].2.listens(None).await;
    join_all(people.iter().map(|(slug, _, uma)| lives(&app, slug, uma))).await;
    let last = |person: &Person| {
        let person = person.clone();
        async move {
            let body = json!({ "full_name": "The End" });
            person.asks(reqwest::Method::PUT, "/api/users/me", Some(body)).await.expect(200);
        }
    };
    join(last(&people[0].1), last(&people[1].1)).await;
    for desk in desks {
        let events = desk.await.unwrap();
        assert!(events >= (ROUNDS * EACH) as usize + 10, "{events}");
    }

    last(&people[0].2).await;
    let uma = &people[0].2.id;
    loop {
        let frame = personal.frame().await;
        if number(&frame).is_none() {
            continue;
        }
        assert_eq!(frame["actor"]["id"], **uma, "not hers: {frame}");
        if frame["kind"] == "user.updated" {
            break;
        }
    }
}
