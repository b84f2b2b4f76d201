//! The company's people: searched, filtered, page by page.

use serde_json::Value;

use crate::support::{App, person::Person};

async fn names(reader: &Person, query: &str) -> Vec<String> {
    let items = reader.gets(&format!("/api/users{query}")).await.expect(200).at("/items");
    items.as_array().unwrap().iter().map(|user| user["email"].as_str().unwrap().to_owned()).collect()
}

/// Ada, Max the manager, three users; one is switched off.
async fn company() -> (App, Person, Person) {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    for name in ["uma", "ugo", "ulf"] {
        app.colleague_of(&ada, name, "user").await;
    }
    app.db.execute("UPDATE users SET status = 'deactivated' WHERE email LIKE 'ulf@%'").await;
    app.db.execute("UPDATE users SET full_name = 'Émile 100% O''Hara_' WHERE email LIKE 'ugo@%'").await;
    app.admin_of("Globex").await;
    (app, ada, max)
}

#[tokio::test]
async fn search_and_filters_find_exactly_who_fits() {
    let (_app, ada, max) = company().await;
    let everybody = ["admin", "max", "uma", "ugo", "ulf"].map(|name| format!("{name}@acme.example"));
    assert_eq!(names(&ada, "").await, everybody);
    assert_eq!(names(&max, "/").await, everybody);
    for (query, found) in [
        ("?search=UGO", vec!["ugo"]),
        ("?search=%C3%A9mile", vec!["ugo"]),
        ("?search=100%25", vec!["ugo"]),
        ("?search=%25", vec!["ugo"]),
        ("?search=_", vec!["ugo"]),
        ("?search=o%27hara", vec!["ugo"]),
        ("?search=globex", vec![]),
        ("?search=acme.example&role=manager", vec!["max"]),
        ("?role=admin", vec!["admin"]),
        ("?status=deactivated", vec!["ulf"]),
        ("?status=active&role=user", vec!["uma", "ugo"]),
        ("?search=%27%20OR%201%3D1%20--", vec![]),
    ] {
        let found: Vec<_> = found.iter().map(|name| format!("{name}@acme.example")).collect();
        assert_eq!(names(&ada, query).await, found, "{query}");
    }
}

#[tokio::test]
async fn pages_show_everybody_once() {
    let (_app, ada, _) = company().await;
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = ada.gets(&format!("/api/users?limit=2{cursor}")).await.expect(200);
        let items = page.at("/items").as_array().unwrap().clone();
        assert!(items.len() <= 2);
        seen.extend(items.iter().map(|user| user["email"].as_str().unwrap().to_owned()));
        match page.at("/next_cursor") {
            Value::String(next) => cursor = format!("&cursor={next}"),
            _ => break,
        }
    }
    assert_eq!(seen, names(&ada, "").await);
}

#[tokio::test]
async fn a_query_that_is_not_as_documented_is_refused() {
    let (_app, ada, _) = company().await;
    for query in [
        "limit=0",
        "limit=201",
        "limit=x",
        "role=root",
        "status=on",
        "sort=email",
        "limit=1&limit=2",
        "cursor=x",
        "cursor=",
        "search=%00",
    ] {
        ada.gets(&format!("/api/users?{query}")).await.refused(400, "invalid_query");
    }
}

#[tokio::test]
async fn what_is_shown_of_a_person_holds_no_secret() {
    let (app, ada, max) = company().await;
    let uma = app.db.value::<String>("SELECT id::text FROM users WHERE email LIKE 'uma@%'").await;
    let shown = max.gets(&format!("/api/users/{uma}")).await.expect(200).json();
    let mut fields: Vec<_> = shown.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let known =
        ["created_at", "email", "email_verified", "full_name", "id", "last_login_at", "mfa_enabled", "role", "status"];
    assert_eq!(fields, known);
    for id in ["00000000-0000-7000-8000-000000000000", "1", "..", &uma.to_uppercase()] {
        ada.gets(&format!("/api/users/{id}")).await.expect(404);
    }
}
