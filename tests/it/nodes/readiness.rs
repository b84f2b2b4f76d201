//! A node without its database says so where load balancers ask, and takes it back.

use serde_json::json;

use super::readiness;
use crate::support::{
    App,
    app::DEADLINE,
    db::{connect, run},
    eventually::eventually,
};

#[tokio::test]
async fn a_node_is_not_ready_without_its_database_and_alive_all_the_same() {
    let app = App::start().await;
    assert_eq!(readiness(&app, 0).await.expect(200).json(), json!({ "status": "ready" }));
    let mut root = connect(&app.db.url("postgres").replace(&format!("/{}?", app.db.name), "/postgres?")).await;
    run(&mut root, &format!("ALTER DATABASE {} ALLOW_CONNECTIONS false", app.db.name)).await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ";
    run(&mut root, &format!("{kill}'{}'", app.db.name)).await;
    let refused = eventually("it is not ready", DEADLINE, async || {
        let reply = readiness(&app, 0).await;
        (reply.status == 503).then_some(reply)
    });
    let why = refused.await.refused(503, "unavailable").text_at("/errors/0/message");
    assert!(why.contains("the database has not answered"), "{why}");
    app.stranger().gets("/healthz").await.expect(200);
    run(&mut root, &format!("ALTER DATABASE {} ALLOW_CONNECTIONS true", app.db.name)).await;
    eventually("it is ready again", DEADLINE, async || (readiness(&app, 0).await.status == 200).then_some(())).await;
}
