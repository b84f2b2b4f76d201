//! Ada opens the desk: what it counts is what the log holds, of her company and no other.

use serde_json::{Value, json};

use crate::support::{App, person::Person};

async fn summary(person: &Person, window: &str) -> Value {
    person.gets(&format!("/api/live/summary?window={window}")).await.expect(200).json()
}

/// How many rows of these kinds the log shows.
async fn logged(person: &Person, kinds: &str) -> usize {
    let rows = person.gets(&format!("/api/audit-logs?limit=200&kind={kinds}")).await.expect(200);
    rows.at("/items").as_array().unwrap().len()
}

/// A company in which Uma has a second factor and somebody guesses.
async fn guessed_company(app: &App, name: &str) -> (Person, Person, Person) {
    let ada = app.admin_of(name).await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    uma.signs_in().await;
    for person in [&uma, &uma, &uma, &max] {
        person.as_stranger().tries_login(&person.email, "wrong-Password-1").await.expect(401);
    }
    let challenge = uma.opens_challenge().await;
    uma.answers(&challenge, "000000").await.expect(401);
    (ada, max, uma)
}

#[tokio::test]
async fn the_figures_are_those_of_the_log() {
    let app = App::start().await;
    let (ada, max, uma) = guessed_company(&app, "Acme").await;
    let head = app.settled(&ada).await;
    let passed = logged(&ada, "login.succeeded").await;
    let failed = logged(&ada, "login.failed,mfa.failed").await;
    assert!(passed > 0 && failed == 5, "{passed} {failed}");

    for (window, seconds, buckets) in [("5m", 5, 60), ("1h", 60, 60), ("24h", 900, 96)] {
        let shown = summary(&max, window).await;
        assert_eq!(shown["totals"], json!({ "passed": passed, "failed": failed, "blocked": 0 }), "{window}");
        assert_eq!((&shown["as_of_seq"], &shown["bucket_seconds"]), (&json!(head), &json!(seconds)));
        let listed = shown["buckets"].as_array().unwrap();
        let sum = |name: &str| listed.iter().map(|bucket| bucket[name].as_u64().unwrap()).sum::<u64>();
        assert_eq!((listed.len(), sum("passed"), sum("failed")), (buckets, passed as u64, failed as u64));
        assert_eq!(shown["usual"], Value::Null, "a log of today has nothing to compare with");
    }

    let shown = summary(&ada, "5m").await;
    assert_eq!(shown["sources"]["by_ip"], json!([{ "ip": "127.0.0.1", "failures": 5, "accounts": 2 }]));
    let about = |person: &Person, name: &str, failures| json!({ "user_id": person.id, "email": person.email, "name": name, "failures": failures, "sources": 1 });
    assert_eq!(shown["sources"]["by_account"], json!([about(&uma, "Uma User", 4), about(&max, "Uma User", 1)]));
    assert_eq!(shown["mfa"], json!({ "enrolled": 1, "total": 3 }));
    let live = app.db.count("sessions WHERE revoked_at IS NULL").await;
    assert_eq!((&shown["sessions_now"], &shown["people_now"]), (&json!(live), &json!(3)));
}

#[tokio::test]
async fn a_locked_account_counts_as_blocked_once() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    for _ in 0..12 {
        uma.as_stranger().tries_login(&uma.email, "wrong-Password-1").await;
    }
    app.settled(&ada).await;
    let shown = summary(&ada, "1h").await;
    assert_eq!(shown["totals"]["blocked"], 1, "{}", shown["totals"]);
    assert_eq!(shown["totals"]["failed"].as_u64().unwrap(), logged(&ada, "login.failed").await as u64);
}

#[tokio::test]
async fn another_company_is_not_in_the_figures() {
    let app = App::start().await;
    let (acme, ..) = guessed_company(&app, "Acme").await;
    let globex = app.admin_of("Globex").await;
    app.settled(&acme).await;
    let shown = summary(&globex, "24h").await;
    assert_eq!((&shown["totals"]["failed"], &shown["sessions_now"]), (&json!(0), &json!(1)));
    assert_eq!(shown["sources"], json!({ "by_ip": [], "by_account": [] }));
    assert_eq!(shown["mfa"], json!({ "enrolled": 0, "total": 1 }));
}

#[tokio::test]
async fn usual_is_the_mean_of_this_hour_on_the_last_seven_days() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    // Fourteen sign-ins and seven failures an hour, in this hour and (should it strike meanwhile) the next.
    app.db
        .execute(
            "INSERT INTO audit_logs (company_id, seq, id, at, kind, severity, actor_type, data, personal, prev_hash, hash)
             SELECT c.id, -row_number() OVER (), uuid_v7(),
               date_bin('1 hour', now(), 'epoch') + hour * interval '1 hour' - day * interval '1 day',
               CASE WHEN n <= 14 THEN 'login.succeeded' ELSE 'login.failed' END, 'info', 'anonymous', '{}', '', '', ''
             FROM companies c, generate_series(0, 1) hour, generate_series(1, 7) day, generate_series(1, 21) n",
        )
        .await;
    let usual = |shown: Value| ["passed", "failed", "blocked"].map(|name| shown["usual"][name].as_f64().unwrap());
    let near = |found: [f64; 3], wanted: [f64; 3]| found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-9);
    assert!(near(usual(summary(&ada, "1h").await), [14.0 / 60.0, 7.0 / 60.0, 0.0]));
    assert!(near(usual(summary(&ada, "24h").await), [3.5, 1.75, 0.0]));
    assert!(near(usual(summary(&ada, "5m").await), [14.0 / 720.0, 7.0 / 720.0, 0.0]));
}

#[tokio::test]
async fn only_known_windows_are_asked_for_and_five_minutes_are_the_default() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    assert_eq!(ada.gets("/api/live/summary").await.expect(200).text_at("/window"), "5m");
    for query in ["window=7d", "window=", "since=1"] {
        ada.gets(&format!("/api/live/summary?{query}")).await.refused(400, "invalid_query");
    }
}
