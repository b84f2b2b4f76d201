//! One password over many accounts: no account's counter sees it, so it is counted across them.

use sqlx::PgConnection;

use super::unlimited;

const ALARMS: &str = "SELECT count(*) FROM (
      SELECT company_id, kind, data FROM outbox UNION ALL SELECT company_id, kind, data FROM audit_logs) e
    WHERE kind = 'login.spraying' AND (company_id = '00000000-0000-0000-0000-000000000000') = $1 AND data ->> 'by' = $2";

async fn alarms(all: &mut PgConnection, platform: bool, by: &str) -> i64 {
    sqlx::query_scalar(ALARMS).bind(platform).bind(by).fetch_one(all).await.unwrap()
}

#[tokio::test]
async fn case_43_one_password_over_a_thousand_accounts_raises_the_alarm_and_locks_nobody() {
    let app = unlimited(&[("server.trusted_proxies", "127.0.0.0/8")]).await;
    let ada = app.admin_of("Acme").await;
    let bob = app.stranger().registers("Other").await;
    let mut all = app.db.connect("postgres").await;
    for n in 0..1000 {
        let email = match n {
            900 => ada.email.clone(),
            950 => bob.email.clone(),
            n => format!("person{n}@company{}.example", n % 7),
        };
        // Every guess from another place, so that only the password is the same.
        let address = format!("203.{}.{}.1", n / 250, n % 250);
        let guesser = app.stranger().wearing(&[("x-forwarded-for", &address)]);
        guesser.tries_login(&email, "Summer-Holiday-2026-Beach").await.refused(401, "invalid_credentials");
        if n == 10 {
            assert_eq!(alarms(&mut all, true, "password").await, 0, "ten failures are no attack");
        }
    }
    assert_eq!(alarms(&mut all, true, "password").await, 1, "the platform is told once");
    assert_eq!(alarms(&mut all, false, "password").await, 2, "each company that is meant is told once");
    assert_eq!(alarms(&mut all, true, "source").await, 0);
    let told = ada.listens(Some(0)).await.expect("login.spraying").await;
    assert_eq!(told["severity"], "critical");
    let mails = app.mailbox.wait_for(&ada.email, 2).await;
    assert!(mails.iter().any(|mail| mail.subject == "Somebody is guessing passwords at Acme"), "{mails:?}");
    for owner in [&ada, &bob] {
        owner.begins_login().await.expect(200);
    }
}

#[tokio::test]
async fn one_source_over_many_accounts_raises_the_alarm_too() {
    let app = unlimited(&[]).await;
    let ada = app.admin_of("Acme").await;
    let mut all = app.db.connect("postgres").await;
    for n in 0..30 {
        let email = if n == 29 { ada.email.clone() } else { format!("person{n}@company.example") };
        let password = format!("Quiet-{n}-Meadow-Lanterns-{n}");
        app.stranger().tries_login(&email, &password).await.refused(401, "invalid_credentials");
    }
    assert_eq!((alarms(&mut all, true, "source").await, alarms(&mut all, false, "source").await), (1, 1));
    assert_eq!(alarms(&mut all, true, "password").await, 0);
}
