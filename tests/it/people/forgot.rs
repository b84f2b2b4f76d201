//! Asking for a link tells nobody who has an account, and bombards nobody.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{count, newest};
use crate::support::{App, reply::Reply};

async fn forgets(app: &App, email: &str, company: Option<&str>) -> (Reply, Duration) {
    let asked = Instant::now();
    let body = json!({ "email": email, "company": company });
    (app.stranger().posts("/api/auth/password/forgot", body).await, asked.elapsed())
}

/// What a stranger can tell answers apart by: everything but the request's own id and date.
fn shape(reply: &Reply) -> (u16, String, BTreeMap<String, String>) {
    let own = ["x-request-id", "date"];
    let headers = reply.headers.iter().filter(|(name, _)| !own.contains(&name.as_str()));
    let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    (reply.status, reply.text.clone(), headers.collect())
}

#[tokio::test]
async fn case_31_known_unknown_and_deactivated_addresses_are_answered_alike_and_at_the_same_time() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.posts(&format!("/api/users/{}/deactivate", uma.id), json!({})).await.expect(200);

    let (known, _) = forgets(&app, &ada.email, None).await;
    assert_eq!((known.status, known.text.as_str()), (202, ""));
    let others = [
        (ada.email.as_str(), Some("acme")),
        (ada.email.as_str(), Some("nowhere")),
        (uma.email.as_str(), None),
        ("nobody@acme.example", None),
        ("nobody@nowhere.example", Some("acme")),
    ];
    for (email, company) in others {
        let (reply, took) = forgets(&app, email, company).await;
        assert_eq!(shape(&reply), shape(&known), "{email} {company:?}");
        assert!(took >= Duration::from_millis(299), "answered at its time: {took:?}");
    }
    assert_eq!(count(&app, &ada, "password.reset_requested").await, 3, "what concerns the company is in its log");
    let row = newest(&app, &ada, "password.reset_requested").await;
    assert_eq!((&row["subject"]["id"], &row["data"]["mailed"]), (&json!(uma.id), &json!(false)));
    forgets(&app, "not an address", None).await.0.refused(400, "invalid_input");
}

#[tokio::test]
async fn an_address_gets_three_mails_in_a_quarter_of_an_hour_and_nobody_hears_of_the_limit() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (first, _) = forgets(&app, &ada.email, None).await;
    for _ in 0..5 {
        let (reply, _) = forgets(&app, &ada.email.to_uppercase(), None).await;
        assert_eq!(shape(&reply), shape(&first));
    }
    let mut all = app.db.connect("postgres").await;
    let queued = "SELECT count(*) FROM mail_outbox WHERE kind = 'password_reset'";
    let queued: i64 = sqlx::query_scalar(queued).fetch_one(&mut all).await.unwrap();
    assert_eq!(queued, 3);
    assert_eq!(count(&app, &ada, "password.reset_requested").await, 3);
    let unknown = "nobody@acme.example";
    for _ in 0..5 {
        assert_eq!(shape(&forgets(&app, unknown, None).await.0), shape(&first));
    }
    super::numbered(&app).await;
    let asked = "SELECT count(*) FROM audit_logs WHERE company_id = '00000000-0000-0000-0000-000000000000'
        AND kind = 'password.reset_requested'";
    let asked: i64 = sqlx::query_scalar(asked).fetch_one(&mut all).await.unwrap();
    assert_eq!(asked, 3, "unknown addresses are counted alike");
}
