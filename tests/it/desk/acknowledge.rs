//! Ada deals with an alert, and the whole team knows.

use serde_json::json;

use crate::support::App;

#[tokio::test]
async fn an_alert_one_admin_dealt_with_is_told_to_every_desk_and_stands_in_the_log() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let seq = ada.reads_audit("company.registered", 1).await[0]["seq"].clone();
    let mut desk = max.listens(None).await;
    ada.posts("/api/live/acknowledgements", json!({ "seq": seq })).await.expect(204);
    let told = desk.expect("alert.acknowledged").await;
    assert_eq!(told["data"], json!({ "alert_seq": seq, "alert": "company.registered" }));
    assert_eq!(told["actor"]["id"], json!(ada.id));
    let rows = max.reads_audit("alert.acknowledged", 1).await;
    assert_eq!((&rows[0]["seq"], &rows[0]["data"]), (&told["seq"], &told["data"]));
}

#[tokio::test]
async fn only_an_admin_acknowledges_and_only_what_their_own_log_holds() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let bea = app.admin_of("Beta").await;
    let seq = ada.reads_audit("user.joined", 1).await[0]["seq"].clone();
    assert!(seq.as_i64() > Some(1), "Beta's log is shorter: {seq}");
    let before = bea.reads_audit("company.registered", 1).await.len();
    max.posts("/api/live/acknowledgements", json!({ "seq": seq })).await.refused(403, "forbidden");
    bea.posts("/api/live/acknowledgements", json!({ "seq": 1_000 })).await.refused(404, "not_found");
    bea.posts("/api/live/acknowledgements", json!({ "seq": seq })).await.refused(404, "not_found");
    bea.posts("/api/live/acknowledgements", json!({ "seq": -1 })).await.refused(404, "not_found");
    bea.posts("/api/live/acknowledgements", json!({ "seq": 1, "note": "x" })).await.refused(400, "invalid_body");
    assert_eq!(before, 1);
    let none = bea.gets("/api/audit-logs?kind=alert.acknowledged").await.expect(200);
    assert_eq!(none.at("/items"), json!([]));
}
