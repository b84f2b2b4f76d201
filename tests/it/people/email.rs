//! Confirming an address, and moving to another one.

use serde_json::json;

use super::{FRESH, PASSWORD, count, login, mail, newest};
use crate::support::{
    App,
    person::{Person, token_in},
    reply::Reply,
};

async fn verifies(app: &App, token: &str) -> Reply {
    app.stranger().posts("/api/auth/email/verify", json!({ "token": token })).await
}

async fn wants(person: &Person, address: &str) -> Reply {
    person.posts("/api/users/me/email", json!({ "new_email": address, "password": PASSWORD })).await
}

#[tokio::test]
async fn who_registers_confirms_the_address_once() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let verified = || async { ada.gets("/api/users/me").await.expect(200).at("/email_verified") };
    let token = token_in(&mail(&app, &ada.email, "Confirm your address").await.text);
    assert_eq!(verified().await, false);
    verifies(&app, &token).await.expect(204);
    assert_eq!(verified().await, true);
    verifies(&app, &token).await.refused(400, "invalid_link");
    assert_eq!(newest(&app, &ada, "email.confirmed").await["subject"]["id"], ada.id);

    let before = app.mailbox.items(Some(&ada.email)).len();
    ada.posts("/api/auth/email/verify/resend", json!({})).await.expect(202);
    let mut all = app.db.connect("postgres").await;
    let checks: i64 = sqlx::query_scalar("SELECT count(*) FROM mail_outbox WHERE kind = 'confirm_address'")
        .fetch_one(&mut all)
        .await
        .unwrap();
    assert_eq!((checks, before), (1, 2), "a confirmed address needs no further mail");
}

#[tokio::test]
async fn the_link_can_be_had_again_but_not_without_end() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let first = token_in(&mail(&app, &ada.email, "Confirm your address").await.text);
    for _ in 0..2 {
        ada.posts("/api/auth/email/verify/resend", json!({})).await.expect(202);
    }
    ada.posts("/api/auth/email/verify/resend", json!({})).await.refused(429, "too_many_attempts");
    app.mailbox.wait_for(&ada.email, 4).await;
    verifies(&app, &first).await.expect(204);
}

#[tokio::test]
async fn ada_moves_to_another_address_and_both_mailboxes_know() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (old, new) = (ada.email.clone(), "Ada@New-Home.example");
    wants(&ada, new).await.expect(202);
    let asked = mail(&app, &old, "wants to change your address").await;
    assert!(asked.text.contains(new) && !asked.text.contains("token="), "{}", asked.text);
    let token = token_in(&mail(&app, new, "Confirm your new address").await.text);
    let reset = json!({ "email": old });
    app.stranger().posts("/api/auth/password/forgot", reset).await.expect(202);
    let reset = token_in(&mail(&app, &old, "Set a new password").await.text);

    let mut moved = ada.clone();
    moved.email = new.into();
    login(&ada, PASSWORD).await.expect(200);
    login(&moved, PASSWORD).await.refused(401, "invalid_credentials");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/email"), json!(old));

    verifies(&app, &token).await.expect(204);
    login(&moved, PASSWORD).await.expect(200);
    login(&ada, PASSWORD).await.refused(401, "invalid_credentials");
    let me = ada.gets("/api/users/me").await.expect(200);
    assert_eq!((me.at("/email"), me.at("/email_verified")), (json!(new), json!(true)));
    mail(&app, &old, "address of your account has changed").await;
    mail(&app, new, "address of your account has changed").await;
    let row = newest(&app, &ada, "email.changed").await;
    assert_eq!(row["data"], json!({ "before": { "email": old }, "after": { "email": new } }));

    let body = json!({ "token": reset, "new_password": FRESH });
    app.stranger().posts("/api/auth/password/reset", body).await.refused(400, "invalid_link");
    let registration = token_in(&mail(&app, &old, "Confirm your address").await.text);
    verifies(&app, &registration).await.refused(400, "invalid_link");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/email"), json!(new));
}

#[tokio::test]
async fn a_thief_with_a_session_and_the_password_is_stopped_by_a_new_password() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    wants(&ada, "thief@evil.example").await.expect(202);
    let token = token_in(&mail(&app, "thief@evil.example", "Confirm your new address").await.text);
    let body = json!({ "current_password": PASSWORD, "new_password": FRESH });
    ada.posts("/api/auth/password/change", body).await.expect(204);
    verifies(&app, &token).await.refused(400, "invalid_link");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/email"), json!(ada.email));
}

#[tokio::test]
async fn only_the_newest_wish_counts_and_it_needs_password_and_recent_proof() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    wants(&ada, "first@acme.example").await.expect(202);
    let first = token_in(&mail(&app, "first@acme.example", "Confirm your new address").await.text);
    wants(&ada, "second@acme.example").await.expect(202);
    let second = token_in(&mail(&app, "second@acme.example", "Confirm your new address").await.text);
    verifies(&app, &first).await.refused(400, "invalid_link");

    let wrong = json!({ "new_email": "x@acme.example", "password": "not-hers-at-all" });
    ada.posts("/api/users/me/email", wrong).await.refused(401, "invalid_credentials");
    let refused = wants(&ada, "x@acme").await.refused(400, "invalid_input");
    assert_eq!(refused.at("/errors/0/pointer"), "/new_email");
    let same = ada.email.clone();
    wants(&ada, &same).await.refused(400, "invalid_input");
    app.proofs_grow_old().await;
    wants(&ada, "x@acme.example").await.refused(403, "reauthentication_required");
    ada.steps_up().await;
    verifies(&app, &second).await.expect(204);
    assert_eq!(count(&app, &ada, "email.change_requested").await, 2);
}

#[tokio::test]
async fn a_taken_address_is_told_to_its_owner_alone() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let eve = app.admin_of("Other Corp").await;
    let free = wants(&ada, "free@acme.example").await.expect(202);
    let taken = wants(&ada, &uma.email).await.expect(202);
    assert_eq!((free.text, free.headers.len()), (taken.text, taken.headers.len()));
    let token = token_in(&mail(&app, &uma.email, "Confirm your new address").await.text);
    verifies(&app, &token).await.refused(409, "conflict");
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/email"), json!(ada.email));
    login(&uma, PASSWORD).await.expect(200);

    // An address is taken in its own company only.
    wants(&ada, &eve.email).await.expect(202);
    let token = token_in(&mail(&app, &eve.email, "Confirm your new address").await.text);
    verifies(&app, &token).await.expect(204);
}
