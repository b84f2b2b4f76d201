//! What happened to one's own account, for roles that may not read the company's log.

use serde_json::{Value, json};

use crate::support::{App, app::DEADLINE, eventually::eventually, person::Person};

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

async fn events(person: &Person) -> Vec<Value> {
    person.gets("/api/users/me/events").await.expect(200).at("/items").as_array().unwrap().clone()
}

#[tokio::test]
async fn uma_reads_what_happened_to_her_account_and_nothing_of_anybody_else() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let otto = app.colleague_of(&ada, "otto", "user").await;
    otto.puts("/api/users/me", json!({ "full_name": "Otto Other" })).await.expect(200);
    app.stranger().tries_login(&uma.email, "Some-Wrong-Password-1").await.expect(401);
    let far = ada.wearing(&[("user-agent", FIREFOX)]);
    far.patches(&format!("/api/users/{}", uma.id), json!({ "full_name": "Uma Renamed" })).await.expect(200);
    uma.puts("/api/users/me", json!({ "full_name": "Uma Again" })).await.expect(200);

    let all = eventually("everything that happened", DEADLINE, async || {
        let all = events(&uma).await;
        let count = |kind: &str| all.iter().filter(|event| event["kind"] == kind).count();
        (count("login.failed") == 1 && count("user.updated") == 2).then_some(all)
    })
    .await;
    let seqs: Vec<_> = all.iter().map(|event| event["seq"].as_i64().unwrap()).collect();
    assert!(seqs.is_sorted_by(|newer, older| newer > older), "newest first: {seqs:?}");
    assert!(!format!("{all:?}").contains("Otto"), "{all:?}");
    let by = |kind: &str, by: &str| {
        all.iter()
            .find(|event| event["kind"] == kind && event["by"] == by)
            .unwrap_or_else(|| panic!("{kind} by {by}: {all:?}"))
    };
    assert_eq!(by("login.failed", "anonymous")["ip"], "127.0.0.1");
    assert_eq!(by("user.updated", "you")["data"]["after"]["full_name"], "Uma Again");
    let hers = by("user.updated", "administrator");
    assert_eq!(hers["data"]["after"]["full_name"], "Uma Renamed");
    for hidden in ["ip", "user_agent", "session_id"] {
        assert_eq!(hers[hidden], Value::Null, "where Ada is, is not for Uma: {hers}");
    }
    assert!(!format!("{all:?}").contains(&ada.id), "nor which Admin it was");
}

#[tokio::test]
async fn the_list_comes_in_parts_without_a_hole_or_a_double() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    for number in 0..5 {
        uma.puts("/api/users/me", json!({ "full_name": format!("Uma {number}") })).await.expect(200);
    }
    let whole = eventually("all five", DEADLINE, async || {
        let all = events(&uma).await;
        (all.len() >= 6).then_some(all)
    })
    .await;
    let mut found = Vec::new();
    let mut query = String::from("?limit=2");
    loop {
        let part = uma.gets(&format!("/api/users/me/events{query}")).await.expect(200);
        found.extend(part.at("/items").as_array().unwrap().clone());
        let Some(cursor) = part.at("/next_cursor").as_str().map(str::to_owned) else { break };
        query = format!("?limit=2&cursor={cursor}");
    }
    assert_eq!(found, whole);
    uma.gets("/api/users/me/events?cursor=nonsense").await.refused(400, "invalid_query");
    uma.gets("/api/users/me/events?subject=x").await.refused(400, "invalid_query");
}
