//! A role changes while its owner is at work.

use reqwest::Method;
use serde_json::{Value, json};

use super::{count, newest};
use crate::support::{App, person::Person};

async fn changes(admin: &Person, whom: &str, body: Value) -> crate::support::reply::Reply {
    admin.asks(Method::PATCH, &format!("/api/users/{whom}"), Some(body)).await
}

#[tokio::test]
async fn uma_becomes_a_manager_at_once_on_every_node_and_her_session_goes_on() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let elsewhere = uma.before(&app, second);
    uma.gets("/api/users").await.refused(403, "forbidden");
    let mut sockets = [uma.listens(None).await, elsewhere.listens(None).await];

    let changed = changes(&ada, &uma.id, json!({ "role": "manager" })).await.expect(200);
    assert_eq!(changed.at("/role"), "manager");

    uma.gets("/api/users/me").await.refused(401, "rights_changed");
    for socket in &mut sockets {
        let (last, code) = socket.until_closed().await;
        assert_eq!((&last["data"]["reason"], code), (&json!("rights_changed"), 4403));
    }
    elsewhere.gets("/api/users/me").await.refused(401, "rights_changed");

    let uma = uma.with_tokens(&uma.refreshes().await.expect(200));
    uma.gets("/api/users").await.expect(200);
    assert_eq!(uma.listens(None).await.hello["data"]["role"], "manager");

    let row = newest(&app, &ada, "role.changed").await;
    assert_eq!(row["data"], json!({ "before": { "role": "user" }, "after": { "role": "manager" } }));
    assert_eq!((&row["severity"], &row["subject"]["id"]), (&json!("notice"), &json!(uma.id)));
    changes(&ada, &uma.id, json!({ "role": "admin" })).await.expect(200);
    assert_eq!(newest(&app, &ada, "role.changed").await["severity"], "warning");
}

#[tokio::test]
async fn who_was_demoted_a_moment_ago_changes_nobody_not_even_on_a_node_that_has_not_heard() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let ada = app.admin_of("Acme").await;
    for round in 0..5 {
        let mara = app.colleague_of(&ada, &format!("mara{round}"), "admin").await.before(&app, second);
        changes(&ada, &mara.id, json!({ "role": "user" })).await.expect(200);
        let back = changes(&mara, &mara.id, json!({ "role": "admin" })).await;
        back.refused(401, "rights_changed");
        assert_eq!(ada.gets(&format!("/api/users/{}", mara.id)).await.expect(200).at("/role"), "user");
    }
}

#[tokio::test]
async fn the_rules_refuse_and_change_nothing() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mara = app.colleague_of(&ada, "mara", "manager").await;
    let eve = app.admin_of("Evil Corp").await;

    changes(&ada, &ada.id, json!({ "role": "user" })).await.refused(409, "last_admin");
    changes(&mara, &mara.id, json!({ "role": "admin" })).await.refused(403, "forbidden");
    changes(&mara, &ada.id, json!({ "full_name": "Nobody" })).await.refused(403, "forbidden");
    changes(&eve, &mara.id, json!({ "role": "user" })).await.refused(404, "not_found");
    changes(&ada, &mara.id, json!({})).await.refused(400, "invalid_input");
    for body in [json!({ "role": "owner" }), json!({ "role": "user", "status": "active" }), json!({ "role": 7 })] {
        changes(&ada, &mara.id, body).await.refused(400, "invalid_body");
    }
    changes(&ada, &mara.id, json!({ "full_name": "\u{202e}evil", "role": "user" })).await.refused(400, "invalid_input");

    assert_eq!(count(&app, &ada, "role.changed").await + count(&app, &ada, "user.updated").await, 0);
    mara.gets("/api/users").await.expect(200);
}

#[tokio::test]
async fn a_name_changes_without_touching_the_tokens_and_the_same_role_changes_nothing() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let body = json!({ "full_name": " Uma Unger ", "role": "user" });
    assert_eq!(changes(&ada, &uma.id, body).await.expect(200).at("/full_name"), "Uma Unger");
    uma.gets("/api/users/me").await.expect(200);
    let row = newest(&app, &ada, "user.updated").await;
    assert_eq!(row["data"]["after"], json!({ "full_name": "Uma Unger" }));
    assert_eq!((count(&app, &ada, "user.updated").await, count(&app, &ada, "role.changed").await), (1, 0));
}

#[tokio::test]
async fn an_invitation_by_an_admin_who_is_none_any_more_makes_nobody_an_admin() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mara = app.colleague_of(&ada, "mara", "admin").await;
    let token = mara.invites(&app, "friend@acme.example", "admin").await;
    changes(&ada, &mara.id, json!({ "role": "manager" })).await.expect(200);
    let body = json!({ "token": token, "full_name": "A Friend", "password": super::FRESH });
    app.stranger().posts("/api/invitations/accept", body).await.refused(410, "link_used");
}
