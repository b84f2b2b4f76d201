//! An Admin sets the rules; everybody reads them, nobody else writes them, and the log says what was and what is.

use serde_json::json;

use crate::{attacks::protection::recorded, support::App};

#[tokio::test]
async fn an_admin_changes_the_policy_and_the_log_holds_both_states() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let before = ada.gets("/api/company").await.expect(200);
    assert_eq!((before.at("/mfa_required"), before.at("/max_sessions_per_user")), (json!(false), json!(100)));

    let change = json!({ "name": "Acme Ltd", "password_min_length": 14, "audit_retention_days": 90 });
    let after = ada.patches("/api/company", change.clone()).await.expect(200);
    assert_eq!((after.text_at("/name"), after.at("/password_min_length")), ("Acme Ltd".into(), json!(14)));
    assert_eq!(after.at("/session_idle_seconds"), before.at("/session_idle_seconds"), "what was left out stays");

    let mut desk = ada.listens(Some(0)).await;
    let shown = desk.expect("company.updated").await;
    assert_eq!(shown["data"]["after"], change);
    let was = json!({ "name": "Acme", "password_min_length": 8, "audit_retention_days": 365 });
    assert_eq!(shown["data"]["before"], was);

    ada.patches("/api/company", json!({})).await.expect(200);
    ada.patches("/api/company", change).await.expect(200);
    assert_eq!(recorded(&app, "company.updated").await.len(), 1, "a change of nothing is no change");
}

#[tokio::test]
async fn bad_rules_are_refused_by_field_and_nothing_changes() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let before = ada.gets("/api/company").await.expect(200).json();
    for (body, pointer) in [
        (json!({ "password_min_length": 7 }), "/password_min_length"),
        (json!({ "password_min_length": 65 }), "/password_min_length"),
        (json!({ "password_history": 6 }), "/password_history"),
        (json!({ "session_idle_seconds": 299 }), "/session_idle_seconds"),
        (json!({ "session_absolute_seconds": 2_592_001 }), "/session_absolute_seconds"),
        (json!({ "max_sessions_per_user": 0 }), "/max_sessions_per_user"),
        (json!({ "audit_retention_days": 29, "mfa_required": true }), "/audit_retention_days"),
        (json!({ "name": "\u{202e}evil" }), "/name"),
    ] {
        let refused = ada.patches("/api/company", body).await.refused(400, "invalid_input");
        assert_eq!(refused.text_at("/errors/0/pointer"), pointer);
    }
    for body in [
        json!({ "slug": "other" }),
        json!({ "mfa_required": "yes" }),
        json!({ "max_sessions_per_user": -1 }),
        json!({ "id": "0190a000-0000-7000-8000-00000000000a" }),
        json!([]),
    ] {
        ada.patches("/api/company", body).await.refused(400, "invalid_body");
    }
    assert_eq!(ada.gets("/api/company").await.expect(200).json(), before);
}

#[tokio::test]
async fn everybody_reads_the_policy_and_only_an_admin_with_a_recent_proof_writes_it() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    for role in ["user", "manager"] {
        let person = app.colleague_of(&ada, role, role).await;
        assert_eq!(person.gets("/api/company").await.expect(200).text_at("/slug"), "acme");
        person.patches("/api/company", json!({ "name": "Mine" })).await.refused(403, "forbidden");
    }
    let mut all = app.db.connect("postgres").await;
    crate::support::db::run(&mut all, "UPDATE sessions SET auth_time = now() - interval '6 minutes'").await;
    let stale = ada.patches("/api/company", json!({ "name": "Late" })).await;
    stale.refused(403, "reauthentication_required");
    assert_eq!(ada.gets("/api/company").await.expect(200).text_at("/name"), "Acme");
}

#[tokio::test]
async fn a_longer_password_is_asked_of_who_joins_next() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    ada.patches("/api/company", json!({ "password_min_length": 30 })).await.expect(200);
    let token = ada.invites(&app, "uma@acme.example", "user").await;
    let accept = |password: &str| json!({ "token": token, "full_name": "Uma User", "password": password });
    let short = accept("Winter-Garden-72-Lamps");
    let refused = app.stranger().posts("/api/invitations/accept", short).await.refused(400, "invalid_input");
    assert_eq!(refused.text_at("/errors/0/pointer"), "/password");
    let long = accept("Winter-Garden-72-Lamps-And-Nine-Owls");
    app.stranger().posts("/api/invitations/accept", long).await.expect(201);
}
