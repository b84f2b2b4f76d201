//! What a service hears that follows the revocations.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::Person,
    service::{Lines, Service},
};

async fn throws_out(ada: &Person, person: &Person) {
    ada.posts(&format!("/api/users/{}/force-logout", person.id), json!({})).await.expect(200);
}

/// The lines up to the first heartbeat, and its cursor.
async fn beginning(lines: &mut Lines) -> (Vec<Value>, String) {
    let mut all = lines.until("heartbeat").await;
    let cursor = all.pop().unwrap()["cursor"].as_str().unwrap().to_owned();
    (all, cursor)
}

fn targets(lines: &[Value]) -> Vec<&str> {
    let told = lines.iter().filter(|line| line["kind"] == "revocation");
    told.map(|line| line["target"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn it_begins_with_all_that_matters_of_the_company_and_goes_on_live() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let [before, after] = [app.colleague_of(&ada, "uma", "user").await, app.colleague_of(&ada, "otto", "user").await];
    let foreign = app.colleague_of(&bea, "eve", "user").await;
    throws_out(&ada, &before).await;
    throws_out(&bea, &foreign).await;

    let service = ada.employs_a_service().await;
    let mut lines = service.follows(None).await;
    assert_eq!(lines.response.headers()["content-type"], "application/x-ndjson");
    assert_eq!(lines.response.headers()["cache-control"], "no-store");
    let (told, _) = beginning(&mut lines).await;
    let company = ada.gets("/api/company").await.expect(200).at("/id");
    assert_eq!(told[0], json!({ "kind": "begin", "v": 1, "company": company, "full": true, "lease_seconds": 5 }));
    let kid = app.stranger().gets("/.well-known/jwks.json").await.expect(200).text_at("/keys/0/kid");
    assert_eq!(told[1], json!({ "kind": "keys", "kids": [kid] }));
    assert!(targets(&told).contains(&before.id.as_str()));
    assert!(!targets(&told).contains(&foreign.id.as_str()));

    throws_out(&bea, &app.colleague_of(&bea, "ben", "user").await).await;
    throws_out(&ada, &after).await;
    // What was told in the beginning may be told once more; what happens in other companies never is.
    let heard = loop {
        let heard = lines.until("revocation").await.pop().unwrap();
        if heard["target"] != before.id.as_str() {
            break heard;
        }
    };
    assert_eq!((heard["scope"].as_str(), heard["target"].as_str()), (Some("user"), Some(after.id.as_str())));
    assert!(heard["min_epoch"].is_i64() && heard["expires_at"].is_string());
    assert_eq!(heard["company"], company);
}

#[tokio::test]
async fn a_follower_of_another_node_hears_within_a_pull() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let mut lines = ada.employs_a_service().await.before(&app, 1).follows(None).await;
    beginning(&mut lines).await;
    for name in ["uma", "otto", "ida"] {
        let person = app.colleague_of(&ada, name, "user").await;
        let since = Instant::now();
        throws_out(&ada, &person).await;
        lines.hears_of(&person.id).await;
        assert!(since.elapsed() < Duration::from_millis(1_700), "{:?}", since.elapsed());
    }
}

#[tokio::test]
async fn a_heartbeat_proves_a_moment_that_lies_behind_it() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    let sent = Instant::now();
    let mut lines = service.follows(None).await;
    let mut last = i64::MIN;
    for _ in 0..3 {
        let beat = lines.until("heartbeat").await.pop().unwrap();
        let asked = beat["asked_ms"].as_i64().unwrap();
        let heard = i64::try_from(sent.elapsed().as_millis()).unwrap();
        assert!(asked > last && asked <= heard, "{asked} after {last}, heard at {heard}");
        last = asked;
    }
    assert!(last > 500, "the proven moment goes on: {last}");
}

#[tokio::test]
async fn it_goes_on_after_its_cursor_and_begins_anew_with_one_that_is_not_its_own() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let [early, late] = [app.colleague_of(&ada, "uma", "user").await, app.colleague_of(&ada, "otto", "user").await];
    let service = ada.employs_a_service().await;
    throws_out(&ada, &early).await;
    let mut lines = service.follows(None).await;
    let (_, cursor) = beginning(&mut lines).await;
    drop(lines);
    throws_out(&ada, &late).await;
    let (told, next) = beginning(&mut service.follows(Some(&cursor)).await).await;
    assert_eq!(told[0]["full"], false);
    assert!(targets(&told).contains(&late.id.as_str()), "{told:?}");
    assert_ne!(next, cursor);
    let (told, _) = beginning(&mut service.follows(Some(&next)).await).await;
    assert!(!targets(&told).contains(&early.id.as_str()), "what was told long ago is not told again: {told:?}");

    let (_, foreign) = beginning(&mut bea.employs_a_service().await.follows(None).await).await;
    for strange in [foreign.as_str(), "7", "AAAA", &format!("{cursor}A")] {
        let (told, _) = beginning(&mut service.follows(Some(strange)).await).await;
        assert_eq!(told[0]["full"], true, "{strange}");
        assert!(targets(&told).contains(&early.id.as_str()));
    }
}

#[tokio::test]
async fn what_commits_late_is_not_missed_by_a_cursor_taken_meanwhile() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let service = ada.employs_a_service().await;
    let company = ada.gets("/api/company").await.expect(200).text_at("/id");
    let late = "0198f2c0-0000-7000-8000-00000000abcd";
    let mut slow = app.db.connect("postgres").await;
    let insert = format!(
        "BEGIN; INSERT INTO revocations (company_id, scope, target, expires_at)
         VALUES ('{company}', 'session', '{late}', now() + interval '10 minutes')"
    );
    crate::support::db::run(&mut slow, &insert).await;
    // Others are numbered and told while it is open.
    throws_out(&ada, &uma).await;
    let mut live = service.follows(None).await;
    let (told, cursor) = beginning(&mut live).await;
    assert!(targets(&told).contains(&uma.id.as_str()) && !targets(&told).contains(&late));
    crate::support::db::run(&mut slow, "COMMIT").await;
    live.hears_of(late).await;
    let (told, _) = beginning(&mut service.follows(Some(&cursor)).await).await;
    assert!(targets(&told).contains(&late), "{told:?}");
}

#[tokio::test]
async fn no_heartbeat_comes_while_the_feed_is_dead_and_they_come_again_after_it() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut lines = ada.employs_a_service().await.follows(None).await;
    beginning(&mut lines).await;
    app.db.execute("REVOKE SELECT ON revocations FROM voxgate_sequencer").await;
    let mut beats = 0;
    let listen = async {
        while let Some(line) = lines.next().await {
            beats += usize::from(line["kind"] == "heartbeat");
        }
    };
    let listened = tokio::time::timeout(Duration::from_secs(3), listen).await;
    assert!(listened.is_err(), "the stream is not ended by it");
    assert!(beats <= 1, "one may have been on its way, where one a second came before: {beats}");
    let since = Instant::now();
    app.db.execute("GRANT SELECT ON revocations TO voxgate_sequencer").await;
    let beat = lines.until("heartbeat").await.pop().unwrap();
    let next = lines.until("heartbeat").await.pop().unwrap();
    assert!(next["asked_ms"].as_i64() > beat["asked_ms"].as_i64());
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn new_keys_are_told_and_a_node_that_stops_lets_its_followers_go() {
    let mut app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    let mut lines = service.follows(None).await;
    let (told, _) = beginning(&mut lines).await;
    assert_eq!(told[1]["kids"].as_array().unwrap().len(), 1);
    let keys = app.keys_file().display().to_string();
    let (content, said) = app.runs(&["keys", "rotate", "--file", &keys, "--signing"]).await;
    assert!(content, "{said}");
    let told = lines.until("keys").await.pop().unwrap();
    assert_eq!(told["kids"].as_array().unwrap().len(), 2);
    let since = Instant::now();
    assert!(app.stop(0).await.success());
    assert!(since.elapsed() < Duration::from_secs(4), "an open stream does not hold the node: {:?}", since.elapsed());
    lines.ends().await;
}

#[tokio::test]
async fn every_way_to_end_sessions_is_told_by_its_scope() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let service: Service = ada.employs_a_service().await;
    let mut lines = service.follows(None).await;
    beginning(&mut lines).await;
    let other = uma.signs_in().await;
    let session = other.session_id().await;
    other.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(lines.hears_of(&session).await["scope"], "session");
    ada.patches(&format!("/api/users/{}", uma.id), json!({ "role": "manager" })).await.expect(200);
    assert_eq!(lines.hears_of(&uma.id).await["scope"], "rights");
    let own = ada.session_id().await;
    ada = ada.with_tokens(&ada.posts("/api/company/force-logout", json!({ "scope": "others" })).await.expect(200));
    let told = lines.hears_of(&own).await;
    assert!(told["scope"] == "others" && told["min_epoch"].is_i64(), "{told}");
    let company = ada.gets("/api/company").await.expect(200).text_at("/id");
    ada.posts("/api/company/force-logout", json!({ "scope": "everyone" })).await.expect(200);
    assert_eq!(lines.hears_of(&company).await["scope"], "company");
}

#[tokio::test]
async fn a_key_holds_no_more_than_thirty_two_streams_on_a_node_and_a_closed_one_makes_room() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (service, other) = (ada.employs_a_service().await, ada.employs_a_service().await);
    let tried = join_all((0..40).map(|_| service.tries_to_follow(None))).await;
    let (mut open, mut refused) = (Vec::new(), 0);
    for outcome in tried {
        match outcome {
            Ok(lines) => open.push(lines),
            Err(reply) => refused += i32::from(reply.refused(429, "too_many_requests").status == 429),
        }
    }
    assert_eq!((open.len(), refused), (32, 8));
    other.follows(None).await;

    drop(open.pop());
    let again = || async { service.tries_to_follow(None).await.ok() };
    eventually("the place of the closed stream", DEADLINE, again).await;
}
