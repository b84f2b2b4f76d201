//! Who is told by mail when somebody may have guessed, and when somebody becomes an Admin.

use serde_json::json;

use super::{PASSWORD, login, mail, newest};
use crate::{
    attacks::protection::recorded,
    support::{App, authenticator::Authenticator, person::Person},
};

/// Who got a mail of this kind so far, sent or not.
async fn told(app: &App, kind: &str) -> Vec<String> {
    let mut all = app.db.connect("postgres").await;
    let sql = "SELECT recipient FROM mail_outbox WHERE kind = $1 ORDER BY recipient";
    sqlx::query_scalar(sql).bind(kind).fetch_all(&mut all).await.unwrap()
}

async fn guesses_passwords(person: &Person, times: usize) {
    for _ in 0..times {
        login(person, "Wrong-Guess-77-Rivers").await.refused(401, "invalid_credentials");
    }
}

/// Answers one sign-in with so many wrong codes.
async fn guesses_codes(person: &Person, times: usize) {
    let challenge = person.opens_challenge().await;
    let wrong = person.authenticator.as_ref().map(Authenticator::wrong_code).unwrap();
    for _ in 0..times {
        person.answers(&challenge, &wrong).await.refused(401, "invalid_code");
    }
}

#[tokio::test]
async fn a_right_password_after_five_wrong_ones_is_told_to_its_owner_and_the_admins() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let bea = app.colleague_of(&ada, "bea", "admin").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    guesses_passwords(&max, 4).await;
    login(&max, PASSWORD).await.expect(200);
    assert_eq!(told(&app, "after_failures").await, [""; 0], "four are what people mistype");

    guesses_passwords(&uma, 5).await;
    login(&uma, PASSWORD).await.expect(200);
    let own = mail(&app, &uma.email, "Your password was right after 5 wrong ones").await;
    assert!(own.text.contains("at Acme") && own.text.contains("127.0.0.1"), "{}", own.text);
    for admin in [&ada, &bea] {
        let alert = mail(&app, &admin.email, "may have guessed a password at Acme").await;
        assert!(alert.text.contains("Uma User") && alert.html.contains("/app/security"), "{}", alert.text);
    }
    assert_eq!(told(&app, "account_guessed").await, [ada.email.clone(), bea.email.clone()]);

    guesses_passwords(&ada, 5).await;
    login(&ada, PASSWORD).await.expect(200);
    assert_eq!(told(&app, "after_failures").await, [ada.email.clone(), uma.email.clone()]);
    assert_eq!(told(&app, "account_guessed").await, [ada.email.clone(), bea.email.clone(), bea.email.clone()]);
    login(&uma, PASSWORD).await.expect(200);
    assert_eq!(recorded(&app, "login.after_failures").await.len(), 2, "a success begins anew");
}

#[tokio::test]
async fn a_right_code_after_five_wrong_ones_is_told_too() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    uma.enrolls().await;
    guesses_codes(&uma, 3).await;
    guesses_codes(&uma, 2).await;
    let code = app.fresh_code(&mut uma).await;
    let challenge = uma.opens_challenge().await;
    uma.answers(&challenge, &code).await.expect(200);

    let event = newest(&app, &ada, "login.after_failures").await;
    assert_eq!(event["data"], json!({ "failures": 5, "step": "second_factor" }));
    assert_eq!((&event["subject"]["id"], &event["severity"]), (&json!(uma.id), &json!("warning")));
    mail(&app, &uma.email, "Your code was right after 5 wrong ones").await;
    mail(&app, &ada.email, "may have guessed a code at Acme").await;
}

#[tokio::test]
async fn wrong_codes_of_both_kinds_count_together_when_a_backup_code_gets_in() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let mut uma = app.colleague_of(&ada, "uma", "user").await;
    let codes = uma.enrolls().await;
    guesses_codes(&uma, 3).await;
    let challenge = uma.opens_challenge().await;
    for _ in 0..2 {
        uma.answers_with_backup(&challenge, "AAAA-AAAA-AAAA").await.refused(401, "invalid_code");
    }
    uma.answers_with_backup(&challenge, &codes[0]).await.expect(200);
    let event = newest(&app, &ada, "login.after_failures").await;
    assert_eq!(event["data"], json!({ "failures": 5, "step": "second_factor" }));
}

#[tokio::test]
async fn a_new_admin_is_told_to_the_person_and_to_every_other_admin() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "user").await;
    let role = async |role: &str| {
        ada.patches(&format!("/api/users/{}", max.id), json!({ "role": role })).await.expect(200);
    };
    role("manager").await;
    assert_eq!(told(&app, "new_admin").await, [""; 0], "a Manager is no news");

    let bea = app.colleague_of(&ada, "bea", "admin").await;
    assert_eq!(told(&app, "new_admin").await, [ada.email.as_str()], "who joins as one is one more, too");
    assert_eq!(told(&app, "made_admin").await, [""; 0], "who joins knows what as");
    role("admin").await;
    let own = mail(&app, &max.email, "You are an admin of Acme").await;
    assert!(own.text.contains("Ada Admin made you an admin"), "{}", own.text);
    for admin in [&ada, &bea] {
        let alert = mail(&app, &admin.email, "Uma User is an admin of Acme").await;
        assert!(alert.text.contains("Ada Admin made Uma User an admin"), "{}", alert.text);
    }
    assert_eq!(told(&app, "new_admin").await, [ada.email.clone(), ada.email.clone(), bea.email.clone()]);
    role("admin").await;
    assert_eq!(told(&app, "made_admin").await, [max.email.as_str()], "the same role again is no news");
}

#[tokio::test]
async fn admins_who_want_no_mails_about_attacks_get_none_and_the_people_do() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    ada.patches("/api/company", json!({ "notify_admins": false })).await.expect(200);
    let bea = app.colleague_of(&ada, "bea", "admin").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    guesses_passwords(&uma, 5).await;
    login(&uma, PASSWORD).await.expect(200);
    ada.patches(&format!("/api/users/{}", uma.id), json!({ "role": "admin" })).await.expect(200);
    for n in 0..25 {
        let password = format!("Quiet-{n}-Meadow-Lanterns");
        app.stranger().tries_login(&format!("nobody{n}@acme.example"), &password).await.expect(401);
    }
    guesses_passwords(&bea, 1).await;

    for kind in ["account_guessed", "new_admin", "spraying"] {
        assert_eq!(told(&app, kind).await, [""; 0], "{kind}");
    }
    assert_eq!(told(&app, "after_failures").await, [uma.email.as_str()]);
    assert_eq!(told(&app, "made_admin").await, [uma.email.as_str()]);
    for kind in ["login.after_failures", "role.changed"] {
        assert_eq!(recorded(&app, kind).await.len(), 1, "the desk shows it all the same");
    }
    assert!(!recorded(&app, "login.spraying").await.is_empty());
}
