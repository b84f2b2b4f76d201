//! The demo companies have passwords everybody knows: they are not made by accident where strangers are.

use crate::support::{App, db::run};

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
