//! Limits of sessions: how many at once, how long idle, how long at all. The database decides.

use serde_json::json;

use crate::{
    attacks::protection::recorded,
    support::{App, db::run, person::Person},
};

#[tokio::test]
async fn one_session_more_than_allowed_ends_the_oldest_and_its_socket() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    ada.patches("/api/company", json!({ "max_sessions_per_user": 2 })).await.expect(200);
    let mut socket = uma.listens(None).await;
    let second = uma.signs_in().await;
    second.gets("/api/users/me").await.expect(200);
    uma.gets("/api/users/me").await.expect(200);

    let third = uma.signs_in().await;
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    assert_eq!(socket.until_closed().await.1, 4401);
    for session in [&second, &third] {
        session.gets("/api/users/me").await.expect(200);
    }
    let row = ada.listens(Some(0)).await.expect("session.revoked").await;
    assert_eq!((&row["data"]["reason"], &row["severity"]), (&json!("session_limit"), &json!("warning")));
}

#[tokio::test]
async fn forty_sign_ins_at_once_leave_no_more_sessions_than_allowed() {
    let mut app = App::start_with(&[("database.connections", "16")]).await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.patches("/api/company", json!({ "max_sessions_per_user": 3 })).await.expect(200);
    let nodes = [uma.before(&app, 0), uma.before(&app, 1)];
    let tries = (0..40).map(|n| nodes[n % 2].begins_login());
    let replies = futures_util::future::join_all(tries).await;
    let signed_in: Vec<_> = replies.iter().filter(|reply| reply.status == 200).collect();
    assert!(signed_in.len() >= 3, "{replies:?}");
    let mut all = app.db.connect("postgres").await;
    let live = "SELECT count(*) FROM sessions WHERE user_id = $1::uuid AND revoked_at IS NULL";
    let live: i64 = sqlx::query_scalar(live).bind(&uma.id).fetch_one(&mut all).await.unwrap();
    assert_eq!(live, 3);
}

#[tokio::test]
async fn no_token_and_no_session_outlives_what_the_company_allows() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let limits = json!({ "session_idle_seconds": 600, "session_absolute_seconds": 3600 });
    ada.patches("/api/company", limits).await.expect(200);
    let fresh = uma.begins_login().await.expect(200);
    assert_eq!(fresh.at("/refresh_expires_in_seconds"), json!(600));
    let access = fresh.at("/expires_in_seconds").as_u64().unwrap();
    assert!((590..=600).contains(&access), "the access token ends with the idle session: {access}");
    let uma = uma.signs_in().await;
    let renewed = uma.refreshes().await.expect(200);
    assert_eq!(renewed.at("/refresh_expires_in_seconds"), json!(600));
    let uma = uma.with_tokens(&renewed);

    let mut all = app.db.connect("postgres").await;
    run(&mut all, "UPDATE sessions SET last_seen_at = now() - interval '11 minutes'").await;
    uma.refreshes().await.refused(401, "invalid_refresh_token");

    let mut busy = uma.clone();
    let busy = busy.signs_in().await;
    let old = "UPDATE sessions SET created_at = created_at - interval '59 minutes',
               expires_at = expires_at - interval '59 minutes' WHERE revoked_at IS NULL";
    run(&mut all, old).await;
    let last = busy.refreshes().await.expect(200);
    assert!(last.at("/refresh_expires_in_seconds").as_u64().unwrap() <= 60, "{}", last.text);
}

#[tokio::test]
async fn a_shorter_absolute_life_reaches_the_sessions_that_are_alive() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let mut all = app.db.connect("postgres").await;
    let old = format!("UPDATE sessions SET created_at = now() - interval '2 hours' WHERE user_id = '{}'", uma.id);
    run(&mut all, &old).await;
    ada.patches("/api/company", json!({ "session_absolute_seconds": 3600 })).await.expect(200);
    uma.refreshes().await.refused(401, "invalid_refresh_token");
}

/// Ends all but so many of a person's sessions, as their devices would one after the other.
async fn keep(app: &App, person: &Person, sessions: u32) {
    let ends = format!(
        "UPDATE sessions SET revoked_at = now() WHERE revoked_at IS NULL AND id IN
         (SELECT id FROM sessions WHERE user_id = '{}' AND revoked_at IS NULL ORDER BY id DESC OFFSET {sessions})",
        person.id
    );
    app.db.execute(&ends).await;
}

#[tokio::test]
async fn the_twentieth_session_is_told_once_however_many_begin_at_once_on_two_nodes() {
    let mut app = App::start_with(&[("database.connections", "16")]).await;
    app.add_node().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    for _ in 0..16 {
        uma.signs_in().await;
    }
    assert_eq!(recorded(&app, "session.many").await.len(), 0, "seventeen are not many");
    let nodes = [uma.before(&app, 0), uma.before(&app, 1)];
    futures_util::future::join_all((0..40).map(|n| nodes[n % 2].begins_login())).await;
    for _ in 0..3 {
        uma.signs_in().await;
    }
    let told = recorded(&app, "session.many").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].1, json!({ "sessions": 20 }));
    let row = ada.listens(Some(0)).await.expect("session.many").await;
    assert_eq!((&row["severity"], &row["subject"]["id"]), (&json!("warning"), &json!(uma.id)));

    keep(&app, &uma, 12).await;
    for _ in 0..10 {
        uma.signs_in().await;
    }
    assert_eq!(recorded(&app, "session.many").await.len(), 1, "going up and down at the threshold is no news");
    keep(&app, &uma, 5).await;
    for _ in 0..15 {
        uma.signs_in().await;
    }
    assert_eq!(recorded(&app, "session.many").await.len(), 2);
}

#[tokio::test]
async fn sessions_nobody_uses_any_more_and_a_lower_limit_are_not_many() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    for _ in 0..15 {
        uma.signs_in().await;
    }
    app.db.execute("UPDATE sessions SET last_seen_at = now() - interval '8 days'").await;
    for _ in 0..10 {
        uma.signs_in().await;
    }
    let mut max = app.colleague_of(&ada, "max", "user").await;
    ada.patches("/api/company", json!({ "max_sessions_per_user": 5 })).await.expect(200);
    for _ in 0..25 {
        max.signs_in().await;
    }
    assert_eq!(recorded(&app, "session.many").await.len(), 0);
}
