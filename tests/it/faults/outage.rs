//! The database is gone: every door says 503 and when to come again, none lets anybody pass, and none stays shut after.

use std::time::{Duration, Instant};

use serde_json::json;
use sqlx::PgConnection;

use crate::support::{
    App,
    db::{connect, run},
    eventually::eventually,
    person::PASSWORD,
};

/// A connection beside the story's database, which goes away and comes back.
async fn beside(app: &App) -> PgConnection {
    connect(&app.db.url("postgres").replace(&format!("/{}?", app.db.name), "/postgres?")).await
}

async fn lose(root: &mut PgConnection, name: &str) {
    run(root, &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false")).await;
    run(root, &format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")).await;
}

#[tokio::test]
async fn without_its_database_the_server_opens_no_door_and_with_it_again_all_of_them() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let mut desk = ada.listens(None).await;
    let mut root = beside(&app).await;

    lose(&mut root, &app.db.name).await;
    let since = Instant::now();
    let mut beat = tokio::time::interval(Duration::from_millis(100));
    // Past the lease of five seconds: first the set of the node vouches, then nobody does.
    while since.elapsed() < Duration::from_secs(7) {
        beat.tick().await;
        ada.gets("/api/users/me").await.refused(503, "unavailable");
        uma.gets("/api/sessions").await.refused(503, "unavailable");
        ada.refreshes().await.refused(503, "unavailable");
        ada.posts("/api/live/ticket", json!({})).await.refused(503, "unavailable");
        let body = json!({ "email": ada.email, "password": PASSWORD });
        ada.as_stranger().posts("/api/auth/login", body).await.refused(503, "unavailable");
        let body = json!({ "email": ada.email, "password": "not-the-password" });
        ada.as_stranger().posts("/api/auth/login", body).await.refused(503, "unavailable");
        ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.refused(503, "unavailable");
    }

    run(&mut root, &format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", app.db.name)).await;
    let since = Instant::now();
    eventually("the server goes on by itself", Duration::from_secs(5), || async {
        let reply = ada.gets("/api/users/me").await;
        assert!(matches!(reply.status, 200 | 503), "{reply:?}");
        (reply.status == 200).then_some(())
    })
    .await;
    ada = ada.with_tokens(&ada.refreshes().await.expect(200));
    ada.signs_in().await;
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    // The socket had nothing to say meanwhile and hears what comes now.
    let shown = desk.expect("session.revoked").await;
    assert_eq!(shown["subject"]["id"], uma.id);
    assert!(since.elapsed() < Duration::from_secs(5), "all of it took {:?}", since.elapsed());
}

#[tokio::test]
async fn a_restarted_database_is_noticed_by_nobody() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut root = beside(&app).await;
    for _ in 0..5 {
        // Every idle connection of every pool is dead now, and the database takes new ones.
        let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'";
        run(&mut root, &kill.replace("{}", &app.db.name)).await;
        ada.gets("/api/users/me").await.expect(200);
    }
}
