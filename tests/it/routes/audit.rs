//! Reading the audit log: every filter, every page, and who may.

use serde_json::{Value, json};

use crate::support::{
    App,
    person::{Admin, Person},
};

async fn rows(reader: &Person, query: &str) -> Vec<Value> {
    reader.gets(&format!("/api/audit-logs?{query}")).await.expect(200).at("/items").as_array().unwrap().clone()
}

/// Ada, and Uma who mistyped once, signed in again and signed out elsewhere.
async fn history() -> (App, Admin, Person) {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    app.stranger().tries_login(&uma.email, "wrong").await.expect(401);
    uma.signs_in().await.posts("/api/auth/logout", json!({})).await.expect(204);
    ada.reads_audit("session.revoked", 1).await;
    (app, ada, uma)
}

#[tokio::test]
async fn filters_narrow_to_exactly_what_they_say() {
    let (_app, ada, uma) = history().await;
    let all = rows(&ada, "limit=200").await;
    let kinds: Vec<_> = all.iter().rev().map(|row| row["kind"].as_str().unwrap()).collect();
    let told =
        ["company.registered", "user.invited", "user.joined", "login.failed", "login.succeeded", "session.revoked"];
    assert_eq!(kinds, told);
    let out = &all[0];
    let session = out["session_id"].as_str().unwrap();
    let keep = |keep: &dyn Fn(&Value) -> bool| all.iter().filter(|row| keep(row)).cloned().collect::<Vec<_>>();
    let third = all[3]["at"].as_str().unwrap();
    for (query, expected) in [
        (format!("actor={}", uma.id), keep(&|row| row["actor"]["id"] == uma.id.as_str())),
        (format!("subject={}", uma.id), keep(&|row| row["subject"]["id"] == uma.id.as_str())),
        (format!("session={session}"), keep(&|row| row["session_id"] == session)),
        ("kind=login.failed".into(), keep(&|row| row["kind"] == "login.failed")),
        ("ip=127.0.0.1".into(), all.clone()),
        ("ip=192.0.2.1".into(), vec![]),
        (format!("from={third}"), all[..4].to_vec()),
        (format!("to={third}"), all[4..].to_vec()),
        (format!("actor={}&kind=login.succeeded", uma.id), keep(&|row| row["kind"] == "login.succeeded")),
        (format!("actor={}&kind=user.invited", uma.id), vec![]),
    ] {
        assert_eq!(rows(&ada, &query).await, expected, "{query}");
    }
    assert!(keep(&|row| row["session_id"] == session).len() >= 2, "sign-in and sign-out of one session");
}

#[tokio::test]
async fn a_row_says_who_did_what_to_whom_from_where() {
    let (app, ada, uma) = history().await;
    let failed = &rows(&ada, "kind=login.failed").await[0];
    assert_eq!((&failed["actor"]["type"], &failed["subject"]["id"]), (&json!("anonymous"), &json!(uma.id)));
    assert_eq!(failed["data"]["reason"], "wrong_password");
    let reply = ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    let row = &ada.reads_audit("session.revoked", 2).await[0];
    assert_eq!(row["request_id"], reply.headers["x-request-id"].to_str().unwrap());
    assert_eq!((&row["actor"], &row["ip"]), (&json!({ "type": "user", "id": ada.id }), &json!("127.0.0.1")));
    let whole = app.db.value::<String>("SELECT string_agg(a::text, ' ') FROM audit_logs a").await;
    for secret in [&uma.access, &uma.refresh, &ada.access, &ada.refresh] {
        assert!(!whole.contains(secret.as_str()));
    }
    assert!(!whole.contains("wrong\""), "no typed password is kept");
}

#[tokio::test]
async fn pages_show_every_number_once_without_gap_while_more_arrive() {
    let (app, ada, uma) = history().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada.gets(&format!("/api/audit-logs?limit=2{cursor}")).await.expect(200);
        seen.extend(page.at("/items").as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()));
        app.stranger().tries_login(&uma.email, "wrong again").await.expect(401);
        match page.at("/next_cursor") {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    let first = seen[0];
    assert_eq!(seen, (1..=first).rev().collect::<Vec<_>>());
}

#[tokio::test]
async fn managers_read_users_do_not_and_nobody_reads_another_company() {
    let (app, ada, uma) = history().await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    assert!(!rows(&max, "").await.is_empty());
    uma.gets("/api/audit-logs").await.refused(403, "forbidden");
    app.stranger().gets("/api/audit-logs").await.refused(401, "unauthenticated");
    let foreign = app.admin_of("Globex").await;
    foreign.reads_audit("company.registered", 1).await;
    assert_eq!(rows(&foreign, "").await.len(), 1);
    assert!(rows(&foreign, &format!("subject={}", uma.id)).await.is_empty());
}

#[tokio::test]
async fn a_query_that_is_not_as_documented_is_refused() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for query in [
        "limit=0",
        "limit=201",
        "kind=nothing",
        "kind=Login.Failed",
        "actor=7",
        "session=x",
        "from=yesterday",
        "to=1",
        "cursor=x",
        "order=asc",
        "kind=login.failed&kind=login.failed",
        "ip=%00",
    ] {
        ada.gets(&format!("/api/audit-logs?{query}")).await.refused(400, "invalid_query");
    }
}
