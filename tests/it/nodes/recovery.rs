//! The database was brought back from a backup: what was issued since is void, though the backup knows nothing of it
//! (fault F20).

use serde_json::json;

use crate::{
    live::outside::settled,
    support::{
        App,
        app::DEADLINE,
        db::{connect, run},
        eventually::eventually,
        person::PASSWORD,
    },
};

/// Copies the story's database, as a backup does.
async fn back_up(app: &App, copy: &str) {
    let mut root = connect(&app.db.url("postgres").replace(&format!("/{}?", app.db.name), "/postgres?")).await;
    run(&mut root, &format!("CREATE DATABASE {copy} TEMPLATE {} OWNER voxgate_owner", app.db.name)).await;
}

/// Puts the copy in the place of the story's database.
async fn restore(app: &App, copy: &str) {
    let mut root = connect(&app.db.url("postgres").replace(&format!("/{}?", app.db.name), "/postgres?")).await;
    run(&mut root, &format!("DROP DATABASE {} WITH (FORCE)", app.db.name)).await;
    run(&mut root, &format!("ALTER DATABASE {copy} RENAME TO {}", app.db.name)).await;
    // Rights on a database are not copied with it.
    voxgate_migration::migrate(&app.db.owner_url()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovered_database_revives_nothing_that_was_issued_or_spent_since_the_backup() {
    let mut app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let backup_codes = ada.enrolls().await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let thrown_out = uma.clone();
    let unspent_link = {
        app.stranger().posts("/api/auth/password/forgot", json!({ "email": uma.email, "company": "acme" })).await;
        app.settled(&ada).await;
        app.db.count("one_time_tokens WHERE used_at IS NULL").await
    };
    assert!(unspent_link >= 1);
    let before = ada.listens(None).await.hello["data"]["epoch"].as_i64().unwrap();
    app.stop(0).await;
    let copy = format!("{}_copy", app.db.name);
    back_up(&app, &copy).await;

    // After the backup: Ada signs in with a code and throws Uma out.
    app.add_node().await;
    let mut ada = ada.before(&app, 1);
    let code = app.fresh_code(&mut ada).await;
    let challenge = ada.opens_challenge().await;
    let since = ada.with_tokens(&ada.answers(&challenge, &code).await.expect(200));
    let open_challenge = ada.opens_challenge().await;
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    app.kill(1).await;

    restore(&app, &copy).await;
    app.add_node().await;
    let (since, thrown_out) = (since.before(&app, 2), thrown_out.before(&app, 2));
    // What would be without the command: a token nobody remembers opens doors, and who was thrown out is back.
    assert!(since.is_in().await && thrown_out.is_in().await, "the danger is real");

    let (content, said) = app.runs(&["recovered", "--void-backup-codes"]).await;
    assert!(content && said.contains("Recovered 1 companies"), "{said}");
    for person in [&since, &thrown_out] {
        eventually("the token is refused", DEADLINE, async || (!person.is_in().await).then_some(())).await;
        person.gets("/api/users/me").await.refused(401, "session_revoked");
        person.refreshes().await.refused(401, "invalid_refresh_token");
    }
    assert_eq!(app.db.count("one_time_tokens WHERE used_at IS NULL").await, 0, "no link works any more");
    let ada = ada.before(&app, 2);
    assert_eq!(ada.answers(&open_challenge, &code).await.status, 401);
    let challenge = ada.opens_challenge().await;
    ada.answers(&challenge, &code).await.refused(401, "invalid_code");
    ada.answers_with_backup(&challenge, &backup_codes[0]).await.refused(401, "invalid_code");

    // Uma goes on with her password, and is told that the world is another one.
    let body = json!({ "email": uma.email, "password": PASSWORD });
    let signed_in = uma.before(&app, 2).as_stranger().posts("/api/auth/login", body).await.expect(200);
    let uma = uma.before(&app, 2).with_tokens(&signed_in);
    uma.gets("/api/users/me").await.expect(200);
    let after = eventually("the node knows the epoch", DEADLINE, async || {
        uma.listens(None).await.hello["data"]["epoch"].as_i64().filter(|epoch| *epoch > before)
    });
    let after = after.await;
    settled(&app.db).await;
    let told = "SELECT data->>'reason' FROM audit_logs WHERE kind = 'session.revoked' ORDER BY seq DESC LIMIT 1";
    assert_eq!(app.db.value::<String>(told).await, "recovered");

    let (content, said) = app.runs(&["recovered"]).await;
    assert!(content && said.contains("Recovered 1 companies"), "again: {said}");
    assert!(app.db.value::<i64>("SELECT epoch FROM installation").await > after);
    app.logged(2, "the database was recovered").await;
}
