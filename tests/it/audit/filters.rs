//! Mara, a Manager, looks for one thing among many; Uma may not look at all.

use serde_json::{Value, json};

use crate::support::{App, person::Person};

fn numbers(page: &Value) -> Vec<i64> {
    page["items"].as_array().unwrap().iter().map(|row| row["seq"].as_i64().unwrap()).collect()
}

async fn page(person: &Person, query: &str) -> Value {
    person.gets(&format!("/api/audit-logs?{query}")).await.expect(200).json()
}

/// A company in which a good deal happened: Ada, her Manager, a colleague, and failed sign-ins.
async fn busy_company(app: &App) -> (Person, Person, Person) {
    let ada = app.admin_of("Acme").await;
    let mara = app.colleague_of(&ada, "mara", "manager").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    for _ in 0..3 {
        uma.as_stranger().tries_login(&uma.email, "wrong-Password-1").await.refused(401, "invalid_credentials");
    }
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    app.settled(&ada).await;
    (ada, mara, uma)
}

#[tokio::test]
async fn each_filter_finds_exactly_its_rows_and_filters_narrow_each_other() {
    let app = App::start().await;
    let (ada, mara, uma) = busy_company(&app).await;
    let all = page(&mara, "limit=200").await;
    let rows = all["items"].as_array().unwrap().clone();
    assert!(rows.len() > 8, "{all}");
    let failed = rows.iter().find(|row| row["kind"] == "login.failed").unwrap();
    let revoked = rows.iter().find(|row| row["kind"] == "session.revoked").unwrap();
    let time = revoked["at"].as_str().unwrap();
    let session = revoked["session_id"].as_str().unwrap();
    let request = failed["request_id"].as_str().unwrap();
    type Rule<'a> = Box<dyn Fn(&Value) -> bool + 'a>;
    let cases: Vec<(String, Rule)> = vec![
        ("kind=login.failed".into(), Box::new(|row| row["kind"] == "login.failed")),
        (
            "kind=login.failed,session.revoked".into(),
            Box::new(|row| row["kind"] == "login.failed" || row["kind"] == "session.revoked"),
        ),
        ("severity=info".into(), Box::new(|row| row["severity"] == "info")),
        ("severity=notice,warning".into(), Box::new(|row| row["severity"] != "info" && row["severity"] != "critical")),
        (format!("actor={}", ada.id), Box::new(|row| row["actor"]["id"] == ada.id.as_str())),
        ("role=admin".into(), Box::new(|row| row["actor_role"] == "admin")),
        ("role=user".into(), Box::new(|row| row["actor_role"] == "user")),
        ("role=user,manager".into(), Box::new(|row| row["actor_role"] == "user" || row["actor_role"] == "manager")),
        (format!("subject={}", uma.id), Box::new(|row| row["subject"]["id"] == uma.id.as_str())),
        (format!("session={session}"), Box::new(|row| row["session_id"] == session)),
        (format!("request_id={request}"), Box::new(|row| row["request_id"] == request)),
        ("ip=127.0.0.1".into(), Box::new(|row| row["ip"] == "127.0.0.1")),
        ("ip=192.0.2.7".into(), Box::new(|_| false)),
        (format!("from={time}"), Box::new(|row| row["seq"].as_i64() >= revoked["seq"].as_i64())),
        (format!("to={time}"), Box::new(|row| row["seq"].as_i64() < revoked["seq"].as_i64())),
        (
            format!("kind=session.revoked&actor={}&subject={}", ada.id, uma.id),
            Box::new(|row| row["kind"] == "session.revoked"),
        ),
    ];
    for (query, rule) in cases {
        let wanted: Vec<_> = rows.iter().filter(|row| rule(row)).map(|row| row["seq"].as_i64().unwrap()).collect();
        assert_eq!(numbers(&page(&mara, &format!("limit=200&{query}")).await), wanted, "{query}");
    }
    for row in &rows {
        assert!(row["actor"]["type"].is_string() && row["request_id"].is_string() && row["ip"].is_string(), "{row}");
    }
}

#[tokio::test]
async fn the_log_is_read_page_by_page_there_and_back_in_both_orders() {
    let app = App::start().await;
    let (_, mara, _) = busy_company(&app).await;
    let whole = numbers(&page(&mara, "limit=200").await);
    for order in ["newest", "oldest"] {
        let mut expected = whole.clone();
        if order == "oldest" {
            expected.reverse();
        }
        let first = page(&mara, &format!("limit=3&order={order}")).await;
        assert_eq!(first["previous_cursor"], Value::Null);
        let (mut there, mut at, mut pages) = (numbers(&first), first, Vec::new());
        while let Some(next) = at["next_cursor"].as_str() {
            let next = page(&mara, &format!("limit=3&order={order}&cursor={next}")).await;
            there.extend(numbers(&next));
            pages.push(std::mem::replace(&mut at, next));
        }
        assert_eq!(there, expected);
        while let Some(previous) = at["previous_cursor"].as_str() {
            at = page(&mara, &format!("limit=3&order={order}&cursor={previous}")).await;
            assert_eq!(at, pages.pop().unwrap_or_else(|| panic!("a page before the first: {at}")));
        }
        assert!(pages.is_empty());
    }
}

#[tokio::test]
async fn a_user_reads_nothing_and_a_wrong_filter_is_refused() {
    let app = App::start().await;
    let (ada, _, mut uma) = busy_company(&app).await;
    let uma = uma.signs_in().await;
    for path in ["/api/audit-logs", "/api/audit-logs/export", "/api/audit-logs/verify"] {
        uma.gets(path).await.refused(403, "forbidden");
        uma.as_stranger().gets(path).await.refused(401, "unauthenticated");
    }
    for query in [
        "kind=nothing",
        "kind=login.failed,",
        "severity=loud",
        "role=owner",
        "role=",
        "order=random",
        "cursor=x",
        "from=monday",
        "x=1",
    ] {
        ada.gets(&format!("/api/audit-logs?{query}")).await.refused(400, "invalid_query");
    }
    ada.gets("/api/audit-logs/export?format=xlsx").await.refused(400, "invalid_query");
}
