//! An event that this version cannot read, as a newer node would write it during an upgrade, stops nobody's log.

use serde_json::json;

use crate::{
    live::outside::settled,
    support::{App, db::run},
};

#[tokio::test]
async fn an_unreadable_event_waits_in_the_outbox_and_everybody_elses_are_numbered() {
    let app = App::start().await;
    let (ada, bob) = (app.admin_of("Acme").await, app.admin_of("Bolt").await);
    settled(&app.db).await;
    let mut desks = [ada.listens(None).await, bob.listens(None).await];
    let mut root = app.db.connect("postgres").await;
    for (kind, severity, actor) in [
        ("future.kind", "info", "'system', NULL"),
        ("login.failed", "dire", "'system', NULL"),
        ("login.failed", "info", "'robot', NULL"),
        ("login.failed", "info", "'user', NULL"),
    ] {
        let sql = format!(
            "INSERT INTO outbox (company_id, kind, severity, actor_type, actor_id, data)
             SELECT id, '{kind}', '{severity}', {actor}, '{{}}' FROM companies, generate_series(1, 200) WHERE slug = 'acme'"
        );
        run(&mut root, &sql).await;
    }
    for (person, desk) in [&ada, &bob].into_iter().zip(&mut desks) {
        let body = Some(json!({ "full_name": "Still Here" }));
        person.asks(reqwest::Method::PUT, "/api/users/me", body).await.expect(200);
        let shown = desk.expect("user.updated").await;
        assert_eq!(shown["seq"], desk.hello["seq"].as_i64().unwrap() + 1, "the next number, without a hole");
    }

    // A version that can read it comes: nothing was thrown away.
    run(&mut root, "UPDATE outbox SET kind = 'user.reactivated' WHERE kind = 'future.kind'").await;
    for _ in 0..200 {
        desks[0].expect("user.reactivated").await;
    }
}
