//! Guessing at passwords: what was counted stays counted, whatever else the guesser does.

use std::time::Duration;

use serde_json::json;

use crate::support::{App, eventually::eventually, person::PASSWORD};

#[tokio::test]
async fn a_company_of_ones_own_gives_no_tries_back() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mallory = app.stranger();
    let body = json!({
        "company_name": "Evil", "company_slug": "evil", "full_name": "Mal Lory", "email": ada.email,
        "password": PASSWORD,
    });
    mallory.posts("/api/auth/register", body).await.expect(201);
    let sign_in = async |company: &str, password: &str| {
        let body = json!({ "email": ada.email, "password": password, "company": company });
        mallory.posts("/api/auth/login", body).await
    };
    for _ in 0..2 {
        for _ in 0..6 {
            sign_in("acme", "Autumn-Cellar-19-Stones").await.refused(401, "invalid_credentials");
        }
        sign_in("evil", PASSWORD).await.expect(200);
    }
    // Twelve tries were made and ten are allowed: even the right password is not looked at now.
    sign_in("acme", PASSWORD).await.refused(401, "invalid_credentials");
    sign_in("evil", PASSWORD).await.expect(200);
}

#[tokio::test]
async fn a_strangers_address_founds_ten_companies_and_no_more() {
    let app = App::start().await;
    let mallory = app.stranger();
    let found = async |number: u32, email: &str| {
        let body = json!({
            "company_name": format!("Evil {number}"), "full_name": "Mal Lory", "email": email, "password": PASSWORD,
        });
        mallory.posts("/api/auth/register", body).await
    };
    for number in 0..10 {
        found(number, "vic@elsewhere.example").await.expect(201);
    }
    found(10, "VIC@elsewhere.example").await.refused(429, "too_many_attempts");
    found(11, "uma@elsewhere.example").await.expect(201);
    // Each founding welcomes its first Admin; the refused one sent nothing, though what came after it was delivered.
    let welcomes = || {
        let mails = app.mailbox.items(Some("vic@elsewhere.example"));
        mails.iter().filter(|mail| mail.subject.starts_with("Welcome")).count()
    };
    eventually("ten welcomes", Duration::from_secs(30), async || (welcomes() >= 10).then_some(())).await;
    app.mailbox.wait_for("uma@elsewhere.example", 1).await;
    assert_eq!(welcomes(), 10);
}
