//! Uma wants to be forgotten. Nothing in the database says her name any more, and the log still verifies.

use serde_json::{Value, json};
use sqlx::AssertSqlSafe;

use crate::support::{App, person::Person};

const AGENT: &str = "Umas-Own-Browser/1.0";
/// Where her words stand.
const WORDS: [&str; 4] = ["uma@acme.example", "uma@elsewhere.example", "Uma", AGENT];

/// Every table in which one of her words stands, but for the letters on their way.
async fn traces(app: &App) -> Vec<String> {
    let mut all = app.db.connect("postgres").await;
    let tables =
        "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND relname <> 'mail_outbox'";
    let tables: Vec<String> = sqlx::query_scalar(tables).fetch_all(&mut all).await.unwrap();
    let mut found = Vec::new();
    for table in tables {
        for word in WORDS {
            let sql = format!("SELECT count(*) FROM {table} t WHERE t::text LIKE '%{word}%'");
            let rows: i64 = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut all).await.unwrap();
            if rows > 0 {
                found.push(format!("{table}: {word}"));
            }
        }
    }
    found
}

/// Uma joined, failed to sign in, signed in, renamed herself, asked for another address, was thrown out with a note.
async fn life_of_uma(app: &App, ada: &Person) -> Person {
    let uma = app.colleague_of(ada, "uma", "user").await.wearing(&[("user-agent", AGENT)]);
    uma.as_stranger().tries_login(&uma.email, "wrong-Password-1").await.refused(401, "invalid_credentials");
    let uma = uma.clone().signs_in().await;
    uma.puts("/api/users/me", json!({ "full_name": "Uma Umbra" })).await.expect(200);
    let wanted = json!({ "new_email": "uma@elsewhere.example", "password": crate::support::person::PASSWORD });
    uma.posts("/api/users/me/email", wanted).await.expect(202);
    ada.patches(&format!("/api/users/{}", uma.id), json!({ "full_name": "Uma Other" })).await.expect(200);
    let note = json!({ "reason": "Uma lost her laptop" });
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), note).await.expect(200);
    uma.clone().signs_in().await
}

#[tokio::test]
async fn case_61_who_is_erased_is_out_at_once_and_leaves_no_word_while_the_log_still_verifies() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = life_of_uma(&app, &ada).await;
    let mut socket = uma.listens(None).await;
    app.settled(&ada).await;
    let before = ada.gets("/api/audit-logs?limit=200&order=oldest").await.expect(200).at("/items");
    assert!(app.runs(&["audit", "checkpoint"]).await.0);

    ada.deletes(&format!("/api/users/{}", uma.id)).await.expect(204);
    assert_eq!(socket.until_closed().await.1, 4401);
    // What comes later comes from another device: refused attempts are recorded, as a stranger's.
    let uma = uma.wearing(&[("user-agent", "Another")]);
    assert_eq!(uma.gets("/api/users/me").await.status, 401);
    assert_eq!(uma.refreshes().await.status, 401);
    assert_eq!(uma.begins_login().await.status, 401);
    ada.gets(&format!("/api/users/{}", uma.id)).await.refused(404, "not_found");
    ada.deletes(&format!("/api/users/{}", uma.id)).await.refused(404, "not_found");
    app.settled(&ada).await;
    assert_eq!(traces(&app).await, Vec::<String>::new());

    let found = ada.gets("/api/audit-logs/verify").await.expect(200).json();
    assert_eq!((&found["intact"], &found["checkpoints"]), (&json!(true), &json!(1)), "{found}");
    let after = ada.gets("/api/audit-logs?limit=200&order=oldest").await.expect(200).at("/items");
    for (was, is) in before.as_array().unwrap().iter().zip(after.as_array().unwrap()) {
        for field in ["seq", "id", "at", "kind", "severity", "actor", "subject", "session_id", "request_id"] {
            assert_eq!(was[field], is[field], "{field} of {is}");
        }
    }
    let told = ada.gets("/api/audit-logs?kind=user.erased").await.expect(200).at("/items/0");
    assert_eq!(
        (&told["subject"]["id"], &told["ip"]),
        (&json!(uma.id), &json!("127.0.0.1")),
        "the Admin's own origin stays"
    );
    let letters = app.mailbox.wait_for(&uma.email, 1).await;
    let farewell = async {
        let mut arrivals = app.mailbox.arrivals();
        while !app.mailbox.items(Some(&uma.email)).iter().any(|mail| mail.subject.contains("was erased")) {
            arrivals.changed().await.unwrap();
        }
    };
    tokio::time::timeout(crate::support::app::DEADLINE, farewell).await.unwrap_or_else(|_| panic!("{letters:?}"));

    // The address is free: who has an account is not invited.
    ada.posts("/api/invitations", json!({ "email": uma.email, "role": "user" })).await.expect(201);
}

#[tokio::test]
async fn putting_a_word_back_or_erasing_only_half_is_found() {
    let mut app = App::start().await;
    app.expect_error("the audit log does not hold");
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.deletes(&format!("/api/users/{}", uma.id)).await.expect(204);
    app.settled(&ada).await;
    let seq: i64 = app.db.value("SELECT min(seq) FROM audit_logs WHERE salt IS NULL").await;
    app.db.execute(&format!("UPDATE audit_logs SET ip = '203.0.113.9' WHERE seq = {seq} AND salt IS NULL")).await;
    let found = ada.gets("/api/audit-logs/verify").await.expect(200);
    assert_eq!(found.at("/first_fault"), json!({ "seq": seq, "flaw": "changed" }));
}

#[tokio::test]
async fn only_an_admin_with_a_proof_erases_and_the_last_admin_stays() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let path = |person: &Person| format!("/api/users/{}", person.id);
    for person in [&uma, &max] {
        person.deletes(&path(&uma)).await.refused(403, "forbidden");
    }
    ada.deletes(&path(&ada)).await.refused(409, "last_admin");
    let (content, said) = app.runs(&["user", "erase", "--company", "acme", "--email", &ada.email]).await;
    assert!(!content && said.contains("last_admin"), "{said}");
    app.proofs_grow_old().await;
    let stale = ada.with_tokens(&ada.refreshes().await.expect(200));
    stale.deletes(&path(&uma)).await.refused(403, "reauthentication_required");
    assert!(uma.is_in().await);

    let (content, said) = app.runs(&["user", "erase", "--company", "acme", "--email", &uma.email]).await;
    assert!(content && said.contains("Erased uma@acme.example"), "{said}");
    app.settled(&stale).await;
    let told = stale.gets("/api/audit-logs?kind=user.erased").await.expect(200).at("/items/0");
    assert_eq!((&told["actor"], &told["user_agent"]), (&json!({ "type": "system" }), &json!("voxgate user erase")));
    assert_eq!(told["data"]["role"], Value::from("user"));
}
