//! Uma lost her phone and her codes.

use serde_json::json;

use super::{PASSWORD, count, login, mail, newest};
use crate::support::App;

#[tokio::test]
async fn ada_takes_her_second_factor_away_and_she_enrolls_again() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let codes = uma.enrolls().await;
    let pending = uma.begins_login().await.expect(200).text_at("/mfa_token");
    let mut socket = uma.listens(None).await;

    let path = format!("/api/users/{}/mfa/reset", uma.id);
    ada.posts(&path, json!({})).await.expect(204);
    assert_eq!(socket.until_closed().await.1, 4401);
    uma.gets("/api/users/me").await.refused(401, "session_revoked");
    uma.answers_with_backup(&pending, &codes[0]).await.refused(401, "challenge_expired");
    assert!(mail(&app, &uma.email, "second factor was removed").await.text.contains("Ada Admin"));
    let row = newest(&app, &ada, "mfa.reset").await;
    assert_eq!((&row["severity"], &row["data"]["sessions_revoked"]), (&json!("warning"), &json!(1)));

    let mut uma = uma.with_tokens(&login(&uma, PASSWORD).await.expect(200));
    assert_eq!(uma.gets("/api/users/me").await.expect(200).at("/mfa_enabled"), false);
    ada.posts(&path, json!({})).await.refused(409, "mfa_not_enrolled");
    uma.enrolls().await;
    assert_eq!(login(&uma, PASSWORD).await.expect(200).text_at("/status"), "mfa_required");

    ada.enrolls().await;
    ada.steps_up().await;
    let own = format!("/api/users/{}/mfa/reset", ada.id);
    ada.posts(&own, json!({})).await.refused(403, "forbidden");
    assert_eq!(count(&app, &ada, "mfa.reset").await, 1);
}
