//! A service asks whether a token is good.

use serde_json::json;

use crate::support::{App, app::DEADLINE, eventually::eventually, service::Service};

const INACTIVE: &str = r#"{"active":false}"#;

#[tokio::test]
async fn a_good_token_is_told_with_what_it_says() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    let service = ada.employs_a_service().await;
    let told = service.introspects(&uma.access).await.expect(200);
    assert_eq!(told.headers["cache-control"], "no-store");
    let session = uma.gets("/api/auth/session").await.expect(200);
    for (told_as, is) in
        [("sub", "user_id"), ("sid", "session_id"), ("company", "company_id"), ("role", "role"), ("amr", "amr")]
    {
        assert_eq!(told.at(&format!("/{told_as}")), session.at(&format!("/{is}")), "{told_as}");
    }
    assert_eq!(
        (told.at("/active"), told.at("/token_type"), told.at("/iss")),
        (json!(true), json!("Bearer"), json!("https://stories.example"))
    );
    assert!(told.at("/exp").is_i64() && told.at("/epoch").is_i64() && told.at("/company_epoch").is_i64());
}

#[tokio::test]
async fn case_52_a_token_is_inactive_from_the_moment_it_is_revoked_whatever_revoked_it() {
    let mut app = App::start().await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let here = ada.employs_a_service().await;
    let there = here.before(&app, 1);
    for (name, act) in
        [("uma", "force-logout"), ("otto", "deactivate"), ("ida", "logout"), ("max", "role"), ("eve", "erase")]
    {
        let person = app.colleague_of(&ada, name, "user").await;
        assert!(here.lets_in(&person).await && there.lets_in(&person).await, "{act}");
        let path = format!("/api/users/{}", person.id);
        let done = match act {
            "logout" => person.posts("/api/auth/logout", json!({})).await,
            "role" => ada.patches(&path, json!({ "role": "manager" })).await,
            "erase" => ada.deletes(&path).await,
            _ => ada.posts(&format!("{path}/{act}"), json!({})).await,
        };
        assert!(matches!(done.status, 200 | 204), "{act}: {done:?}");
        let told = here.introspects(&person.access).await.expect(200);
        assert_eq!(told.text, INACTIVE, "{act}: no word about why");
        eventually("the other node says so too", DEADLINE, || async { (!there.lets_in(&person).await).then_some(()) })
            .await;
    }
    assert!(here.lets_in(&ada).await);
}

#[tokio::test]
async fn case_52_everything_that_is_no_living_access_token_of_the_company_is_inactive_alike() {
    let app = App::start_with(&[("tokens.access_seconds", "6")]).await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let service = ada.employs_a_service().await;
    let ticket = ada.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    let invitation = ada.invites(&app, "late@acme.example", "user").await;
    let forged = format!("{}x", ada.access);
    let long = "a".repeat(9000);
    for (what, token) in [
        ("another company's", bea.access.as_str()),
        ("a refresh token", &ada.refresh),
        ("a ticket", &ticket),
        ("an invitation", &invitation),
        ("a service key", &service.key),
        ("a touched one", &forged),
        ("garbage", "garbage"),
        ("nothing", ""),
        ("very long", &long),
    ] {
        assert_eq!(service.introspects(token).await.expect(200).text, INACTIVE, "{what}");
    }
    // Their holders lost nothing by it.
    ada.refreshes().await.expect(200);
    let mut old = ada;
    eventually("the token ends", DEADLINE, || async { (!service.lets_in(&old).await).then_some(()) }).await;
    old = old.signs_in().await;
    assert!(service.lets_in(&old).await);
}

#[tokio::test]
async fn a_node_whose_feed_is_dead_asks_the_database_and_without_one_says_nothing() {
    let mut app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let service = ada.employs_a_service().await;
    app.db.execute("REVOKE SELECT ON revocations FROM voxgate_sequencer").await;
    let end = format!("UPDATE sessions SET revoked_at = now(), revoke_reason = 'story' WHERE user_id = '{}'", uma.id);
    app.db.execute(&end).await;
    eventually("the node asks the database", DEADLINE, || async { (!service.lets_in(&uma).await).then_some(()) }).await;
    assert!(service.lets_in(&ada).await);
    app.expect_error("service_credentials");
    app.db.execute("ALTER TABLE service_credentials RENAME TO hidden").await;
    let reply = service.introspects(&ada.access).await;
    assert!(reply.status >= 500, "no answer is no `false`, and no `true`: {reply:?}");
}

#[tokio::test]
async fn the_question_is_a_form_and_nothing_else() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let service = ada.employs_a_service().await;
    let form = "application/x-www-form-urlencoded";
    service
        .sends("application/json", json!({ "token": ada.access }).to_string())
        .await
        .refused(415, "unsupported_media_type");
    for body in ["", "token_type_hint=x", "token=a&token=b", "token=a&company=b", "token=%00"] {
        service.sends(form, body.into()).await.refused(400, "invalid_body");
    }
    service.sends(form, format!("token={}", "a".repeat(17_000))).await.refused(413, "body_too_large");
    for key in ["", "vgs_", "vgs_AAAA", "garbage"] {
        Service::with_key(&ada.base, key).introspects(&ada.access).await.refused(401, "unauthenticated");
    }
}
