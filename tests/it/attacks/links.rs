//! Mailed links: each opens its own door, for its own account, in its own company, and is mailed to nobody else.

use serde_json::{Value, json};

use super::{COMPANY, HOLDER, count, moved};
use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{PASSWORD, Person, token_in},
    reply::Reply,
};

const FRESH: &str = "Copper-Lantern-41-Rivers";

/// The token of the newest mail of this subject.
async fn mailed(app: &App, email: &str, subject: &str) -> String {
    let arrived = async || app.mailbox.items(Some(email)).into_iter().rev().find(|mail| mail.subject.contains(subject));
    token_in(&eventually(subject, DEADLINE, arrived).await.text)
}

async fn reset_link(app: &App, person: &Person) -> String {
    let body = json!({ "email": person.email, "company": person.company });
    app.stranger().posts("/api/auth/password/forgot", body).await.expect(202);
    mailed(app, &person.email, "Set a new password").await
}

/// The doors that take a mailed token: the tag of theirs, where they are, and what is sent besides.
fn doors() -> [(&'static str, &'static str, Value); 3] {
    [
        ("vgp", "/api/auth/password/reset", json!({ "new_password": FRESH })),
        ("vgv", "/api/auth/email/verify", json!({})),
        ("vgi", "/api/invitations/accept", json!({ "full_name": "Eve", "password": PASSWORD })),
    ]
}

async fn knocks(app: &App, path: &str, rest: &Value, token: &str) -> Reply {
    let mut body = rest.clone();
    body["token"] = json!(token);
    app.stranger().posts(path, body).await
}

#[tokio::test]
async fn case_39_an_address_that_differs_by_an_accent_resets_nobody() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let token = ada.invites(&app, "cure@acme.example", "user").await;
    let cure = app.stranger().accepts(&token, "cure@acme.example", "acme").await;
    for twin in ["c\u{fc}re", "cur\u{e9}", "cu\u{301}re", "\u{ff43}ure", "cur\u{212f}", "c\u{16b}re", "cure\u{200b}"] {
        let email = format!("{twin}@acme.example");
        let asked = app.stranger().posts("/api/auth/password/forgot", json!({ "email": email })).await;
        assert!(matches!(asked.status, 202 | 400), "{email}: {asked:?}");
        let login = app.stranger().tries_login(&email, PASSWORD).await;
        assert!(matches!(login.status, 400 | 401), "{email}: {login:?}");
    }
    assert_eq!(count(&app, "SELECT count(*) FROM mail_outbox WHERE kind = 'password_reset'").await, 0);
    let shouted = json!({ "email": "CURE@Acme.Example" });
    app.stranger().posts("/api/auth/password/forgot", shouted).await.expect(202);
    mailed(&app, &cure.email, "Set a new password").await;
    assert_eq!(count(&app, "SELECT count(*) FROM mail_outbox WHERE kind = 'password_reset'").await, 1);
}

#[tokio::test]
async fn case_62_a_mailed_token_opens_its_own_door_for_its_own_account_and_company() {
    let app = App::start().await;
    let (ada, bea) = (app.admin_of("Acme").await, app.admin_of("Beta").await);
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let invitation = ada.invites(&app, "mara@acme.example", "user").await;
    let check = mailed(&app, &ada.email, "Confirm your address").await;
    let reset = reset_link(&app, &uma).await;
    let others = [reset_link(&app, &ada).await, reset_link(&app, &bea).await];
    let tokens = [("vgp", &reset), ("vgv", &check), ("vgi", &invitation)];
    let before = app.db.picture().await;
    for (tag, path, rest) in doors() {
        for (own, token) in tokens.iter().filter(|(own, _)| *own != tag) {
            knocks(&app, path, &rest, token).await.refused(400, "invalid_link");
            knocks(&app, path, &rest, &token.replacen(own, tag, 1)).await.refused(400, "invalid_link");
        }
    }
    let (_, path, rest) = &doors()[0];
    for other in &others {
        for places in [COMPANY, HOLDER, 0..32, 32..64] {
            let twisted = moved(&reset, other, places);
            if twisted != reset {
                knocks(&app, path, rest, &twisted).await.refused(400, "invalid_link");
            }
        }
    }
    assert_eq!(app.db.picture().await, before, "nothing was spent and nothing changed");
    for ((_, path, rest), token) in doors().iter().zip([&reset, &check, &invitation]) {
        let opened = knocks(&app, path, rest, token).await;
        assert!(matches!(opened.status, 201 | 204), "{path}: {opened:?}");
    }
    uma.as_stranger().tries_login(&uma.email, FRESH).await.expect(200);
    ada.begins_login().await.expect(200);
}
