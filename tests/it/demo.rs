//! The demo companies have passwords everybody knows: they are not made by accident where strangers are. On request one
//! of them is full of life, and says of every event that it is none.

use serde_json::{Value, json};

use crate::{
    readme::Dev,
    support::{App, app::DEADLINE, db::run, eventually::eventually, person::Stranger, socket::Socket},
};

#[tokio::test]
async fn seed_demo_hesitates_where_others_reach_the_server() {
    let app = App::installed(&[]).await;
    let seed = async |base: &str, arguments: &[&str]| {
        let mut command = app.command("seed-demo");
        command.env("VOXGATE__SERVER__BASE_URL", base).args(arguments);
        command.output().await.unwrap()
    };
    let refused = seed("https://auth.example.com", &[]).await;
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("--with-public-passwords"), "{said}");
    let none = "DO $$ BEGIN ASSERT (SELECT count(*) FROM users) = 0; END $$";
    run(&mut app.db.connect("postgres").await, none).await;

    assert!(seed("https://auth.example.com", &["--with-public-passwords"]).await.status.success());
    assert!(seed("http://127.0.0.1:8000", &[]).await.status.success(), "on one's own machine nothing needs saying");
    let four = "DO $$ BEGIN ASSERT (SELECT count(*) FROM users) = 4; END $$";
    run(&mut app.db.connect("postgres").await, four).await;
}

/// What the demo Admin reads.
async fn reads(server: &Stranger, access: &str, path: &str) -> Value {
    let asked = server.wearing(&[("authorization", &format!("Bearer {access}"))]).gets(path).await;
    asked.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_company_has_a_week_behind_it_people_at_work_and_goes_on_living() {
    let (dev, _) = tokio::task::spawn_blocking(|| Dev::start_with(&["--demo-traffic"])).await.unwrap();
    let base = format!("http://{}", dev.address);
    let server = Stranger::at(base.clone());
    let signed_in = server.tries_login("admin@techcorp.com", "SecurePass123!").await.expect(200);
    let access = signed_in.text_at("/access_token");
    // Her own sign-in stands behind everything that was prepared: once it is numbered, the week is in the log.
    let hers = format!("/api/audit-logs?kind=login.succeeded&actor={}", signed_in.text_at("/user/id"));
    let numbered = async || {
        let found = reads(&server, &access, &hers).await;
        (found["items"] != json!([])).then_some(())
    };
    eventually("the week is numbered", 3 * DEADLINE, numbered).await;
    let mut desk = Socket::open(&base, &access, None).await;
    while desk.frame().await["data"]["demo"] != true {}

    let people = reads(&server, &access, "/api/live/sessions").await;
    assert!(people["items"].as_array().unwrap().len() > 20, "{people}");
    let shown = reads(&server, &access, "/api/live/summary?window=24h").await;
    assert!(shown["totals"]["passed"].as_i64() > Some(300), "{}", shown["totals"]);
    assert!(shown["usual"]["passed"].as_f64() > Some(1.0), "{}", shown["usual"]);
    assert!(shown["mfa"]["enrolled"].as_i64() > Some(10), "{}", shown["mfa"]);
    for order in ["newest", "oldest"] {
        let log = reads(&server, &access, &format!("/api/audit-logs?limit=200&order={order}")).await;
        let rows = log["items"].as_array().unwrap();
        // The one who looks is real, and so is what she did.
        let made_up = |row: &&Value| row["ip"] != "127.0.0.1";
        assert!(rows.len() == 200 && rows.iter().filter(made_up).all(|row| row["data"]["demo"] == true), "{log}");
    }
    let verified = reads(&server, &access, "/api/audit-logs/verify").await;
    assert_eq!(verified["intact"], json!(true), "{verified}");
}
