//! The last Admin is safe, however many step down or push each other at once, on two nodes.

use reqwest::Method;
use serde_json::json;

use super::{join_all, tally};
use crate::support::{App, person::Person};

const ADMINS: usize = 10;

async fn admins(app: &App) -> Vec<Person> {
    let ada = app.admin_of("Acme").await;
    let mut admins = vec![ada.clone()];
    for n in 1..ADMINS {
        admins.push(app.colleague_of(&ada, &format!("admin{n}"), "admin").await);
    }
    admins
}

/// How many active Admins the company has.
async fn left(app: &App) -> i64 {
    let mut all = app.db.connect("postgres").await;
    let sql = "SELECT count(*) FROM users WHERE role = 'admin' AND status = 'active'";
    sqlx::query_scalar(sql).fetch_one(&mut all).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn case_84_ten_admins_step_down_ten_times_each_and_one_stays() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let admins = admins(&app).await;
    let steps = (0..ADMINS * 10).map(|n| {
        let admin = admins[n % ADMINS].before(&app, if (n / ADMINS).is_multiple_of(2) { 0 } else { second });
        async move {
            let path = format!("/api/users/{}", admin.id);
            admin.asks(Method::PATCH, &path, Some(json!({ "role": "user" }))).await
        }
    });
    let replies = join_all(steps).await;
    let tally = tally(&replies);
    assert_eq!(tally.get("200"), Some(&(ADMINS - 1)), "{tally:?}");
    let expected = ["200", "401 rights_changed", "409 last_admin", "429 too_many_requests"];
    assert!(tally.keys().all(|outcome| expected.contains(&outcome.as_str())), "{tally:?}");
    assert_eq!(left(&app).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn case_84_a_hundred_mutual_demotions_and_deactivations_leave_somebody_in_charge() {
    let mut app = App::start().await;
    let second = app.add_node().await;
    let admins = admins(&app).await;
    let pushes = (0..ADMINS * 10).map(|n| {
        let (who, whom) = (n % ADMINS, (n + 1 + n / ADMINS % (ADMINS - 1)) % ADMINS);
        let admin = admins[who].before(&app, if n.is_multiple_of(3) { second } else { 0 });
        let whom = admins[whom].id.clone();
        async move {
            if n.is_multiple_of(2) {
                let path = format!("/api/users/{whom}");
                admin.asks(Method::PATCH, &path, Some(json!({ "role": "manager" }))).await
            } else {
                admin.posts(&format!("/api/users/{whom}/deactivate"), json!({})).await
            }
        }
    });
    let replies = join_all(pushes).await;
    let tally = tally(&replies);
    let expected = [
        "200",
        "401 rights_changed",
        "401 session_revoked",
        "403 forbidden",
        "409 last_admin",
        "429 too_many_requests",
    ];
    assert!(tally.keys().all(|outcome| expected.contains(&outcome.as_str())), "{tally:?}");
    assert!(tally["200"] >= 1, "{tally:?}");
    assert!(left(&app).await >= 1, "{tally:?}");
}
