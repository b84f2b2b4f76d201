//! Refresh tokens that come twice, too late, too often, or after the end. Races are told elsewhere.

use serde_json::json;

use super::{count, hands_out_tokens, in_database};
use crate::support::{App, person::Person};

/// Lets the seconds of grace pass.
async fn grace_passes(app: &App) {
    in_database(app, "UPDATE refresh_tokens SET used_at = used_at - interval '11 seconds'").await;
}

async fn live_in_family(app: &App) -> i64 {
    let sql = "SELECT count(*) FROM refresh_tokens r JOIN sessions s ON s.id = r.session_id
               WHERE s.revoked_at IS NULL AND s.expires_at > now() AND r.used_at IS NULL AND r.expires_at > now()";
    count(app, sql).await
}

async fn rotated(person: &Person) -> Person {
    person.with_tokens(&person.refreshes().await.expect(200))
}

#[tokio::test]
async fn cases_45_and_46_reuse_after_rotation_ends_the_whole_family_and_is_alerted() {
    let app = App::start().await;
    let mut admin = app.admin_of("Acme").await;
    let uma = app.colleague_of(&admin, "uma", "user").await;
    admin = admin.signs_in().await;
    let mut desk = admin.listens(None).await;
    let mut socket = uma.listens(None).await;
    let leaf = rotated(&rotated(&uma).await).await;
    grace_passes(&app).await;
    let others = live_in_family(&app).await - 1;

    uma.refreshes().await.refused(401, "invalid_refresh_token");
    for token in [&uma, &leaf] {
        token.gets("/api/users/me").await.refused(401, "session_revoked");
    }
    leaf.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(socket.until_closed().await.1, 4401);
    assert_eq!(live_in_family(&app).await, others, "no leaf of the family lives");
    let told = desk.expect("refresh.reused").await;
    assert_eq!((&told["severity"], &told["subject"]["id"]), (&json!("critical"), &json!(uma.id)));
    let mails = app.mailbox.wait_for(&uma.email, 2).await;
    assert_eq!(mails.len(), 2, "the invitation and the alert: {mails:?}");
}

#[tokio::test]
async fn case_47_in_the_grace_only_the_immediate_parent_repeats() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let child = rotated(&ada).await;
    assert_eq!(rotated(&ada).await.refresh, child.refresh, "a lost answer is given again");
    let leaf = rotated(&child).await;
    let refused = ada.refreshes().await.refused(409, "superseded");
    assert!(!hands_out_tokens(&refused));
    assert_eq!(rotated(&child).await.refresh, leaf.refresh);
    grace_passes(&app).await;
    child.refreshes().await.refused(401, "invalid_refresh_token");
    assert_eq!(live_in_family(&app).await, 0, "after the grace a repeat is a reuse");
}

#[tokio::test]
async fn case_48_neither_repeats_nor_rotations_move_the_end_of_the_session() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let end = "SELECT extract(epoch FROM expires_at)::bigint FROM sessions";
    let before = count(&app, end).await;
    let child = rotated(&ada).await;
    for _ in 0..3 {
        assert_eq!(rotated(&ada).await.refresh, child.refresh);
    }
    let leaf = rotated(&child).await;
    assert_eq!(count(&app, end).await, before);
    in_database(&app, "UPDATE sessions SET expires_at = now()").await;
    for token in [&ada, &child, &leaf] {
        token.refreshes().await.refused(401, "invalid_refresh_token");
    }
}

#[tokio::test]
async fn case_49_a_deactivated_or_suspended_account_renews_nothing() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    for (off, on) in [
        ("UPDATE users SET status = 'deactivated'", "UPDATE users SET status = 'active'"),
        ("UPDATE companies SET status = 'suspended'", "UPDATE companies SET status = 'active'"),
    ] {
        in_database(&app, off).await;
        let refused = ada.refreshes().await.refused(401, "invalid_refresh_token");
        assert!(!hands_out_tokens(&refused));
        ada.begins_login().await.refused(401, "invalid_credentials");
        in_database(&app, on).await;
        ada = ada.signs_in().await;
    }
}
