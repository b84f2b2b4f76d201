//! A fresh node knows nothing of what was revoked before it came. It serves nobody until it does.

use std::time::Duration;

use serde_json::json;
use sqlx::Executor;

use super::ONE_ISSUER;
use crate::support::App;

#[tokio::test]
async fn a_fresh_node_is_not_ready_before_it_has_read_every_revocation() {
    let mut app = App::start_with(&[ONE_ISSUER]).await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);

    let mut root = app.db.connect("postgres").await;
    root.execute("BEGIN; LOCK TABLE revocations IN ACCESS EXCLUSIVE MODE").await.unwrap();
    {
        let starting = app.add_node();
        tokio::pin!(starting);
        // It says that it is ready only when it listens and its load is done; meanwhile it is neither.
        let early = tokio::time::timeout(Duration::from_secs(2), &mut starting).await;
        assert!(early.is_err(), "ready though the revocations could not be read");
        root.execute("COMMIT").await.unwrap();
        starting.await;
    }
    let there = uma.before(&app, 1);
    there.gets("/api/users/me").await.refused(401, "session_revoked");
    there.as_stranger().gets("/readyz").await.expect(200);
    ada.before(&app, 1).gets("/api/users/me").await.expect(200);
}
