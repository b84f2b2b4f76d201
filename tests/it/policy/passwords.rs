//! What a company asks of passwords holds at every door where one is chosen.

use serde_json::json;

use crate::support::{
    App,
    app::DEADLINE,
    eventually::eventually,
    person::{PASSWORD, Person, token_in},
    reply::Reply,
};

/// Some nobody has yet.
const NEXT: [&str; 4] =
    ["Copper-Lantern-41-Rivers", "Autumn-Meadow-31-Bells", "Summer-Harbour-58-Kites", "Another-Lantern-17-Boats"];

async fn changes(person: &Person, from: &str, to: &str) -> Reply {
    let body = json!({ "current_password": from, "new_password": to });
    person.posts("/api/auth/password/change", body).await
}

/// The newest link that sets a password.
async fn link(app: &App, person: &Person) -> String {
    app.stranger().posts("/api/auth/password/forgot", json!({ "email": person.email })).await.expect(202);
    mailed(app, person, "Set a new password").await
}

async fn mailed(app: &App, person: &Person, subject: &str) -> String {
    let arrived = async || {
        let mails = app.mailbox.items(Some(&person.email));
        mails.into_iter().rev().find(|mail| mail.subject.contains(subject))
    };
    token_in(&eventually("the mail with the link", DEADLINE, arrived).await.text)
}

async fn resets(app: &App, token: &str, to: &str) -> Reply {
    app.stranger().posts("/api/auth/password/reset", json!({ "token": token, "new_password": to })).await
}

#[track_caller]
fn refused(reply: Reply, pointer: &str, code: &str) {
    let reply = reply.refused(400, "invalid_input");
    assert_eq!((reply.text_at("/errors/0/pointer"), reply.text_at("/errors/0/code")), (pointer.into(), code.into()));
}

#[tokio::test]
async fn fifteen_characters_of_any_kind_are_enough_and_twelve_of_all_kinds_unless_the_company_wants_both() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let token = ada.invites(&app, "uma@acme.example", "user").await;
    let accepts = async |password: &str| {
        let body = json!({ "token": token, "full_name": "Uma User", "password": password });
        app.stranger().posts("/api/invitations/accept", body).await
    };
    let (long, mixed, both) = ("lampwinterowlsandmore", "Zq8!mWtr2#pL", "Lamp winter owls & 5 more");
    refused(accepts("Zq8!mWtr2#p").await, "/password", "too_short");
    refused(accepts("lampwinterowls").await, "/password", "too_uniform");

    ada.patches("/api/company", json!({ "password_all_kinds": true, "password_min_length": 20 })).await.expect(200);
    refused(accepts(long).await, "/password", "too_uniform");
    refused(accepts(mixed).await, "/password", "too_short");
    accepts(both).await.expect(201);
    refused(changes(&ada, PASSWORD, long).await, "/new_password", "too_uniform");
    refused(changes(&ada, PASSWORD, mixed).await, "/new_password", "too_short");
    let token = link(&app, &ada).await;
    refused(resets(&app, &token, long).await, "/new_password", "too_uniform");
    refused(resets(&app, &token, mixed).await, "/new_password", "too_short");

    ada.patches("/api/company", json!({ "password_all_kinds": false, "password_min_length": 8 })).await.expect(200);
    resets(&app, &token, mixed).await.expect(204);
    let ada = ada.with_tokens(&ada.as_stranger().tries_login(&ada.email, mixed).await.expect(200));
    changes(&ada, mixed, long).await.expect(204);
}

#[tokio::test]
async fn the_latest_passwords_are_not_used_again_at_any_door() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let [first, second, third, fourth] = NEXT;
    changes(&uma, PASSWORD, first).await.expect(204);
    ada.patches("/api/company", json!({ "password_history": 3 })).await.expect(200);
    changes(&uma, first, PASSWORD).await.expect(204);
    assert_eq!(app.db.count("former_passwords").await, 1, "kept from now on");
    changes(&uma, PASSWORD, second).await.expect(204);

    refused(changes(&uma, second, first).await, "/new_password", "reused");
    refused(changes(&uma, second, PASSWORD).await, "/new_password", "reused");
    let token = link(&app, &uma).await;
    for old in [second, PASSWORD, first] {
        refused(resets(&app, &token, old).await, "/new_password", "reused");
    }
    resets(&app, &token, third).await.expect(204);
    let uma = uma.with_tokens(&uma.as_stranger().tries_login(&uma.email, third).await.expect(200));
    changes(&uma, third, first).await.expect(204);
    changes(&uma, first, fourth).await.expect(204);
    assert_eq!(app.db.count("former_passwords").await, 3, "no more are kept than are asked for");

    ada.patches("/api/company", json!({ "password_history": 1 })).await.expect(200);
    assert_eq!(app.db.count("former_passwords").await, 1);
    ada.patches("/api/company", json!({ "password_history": 0 })).await.expect(200);
    assert_eq!(app.db.count("former_passwords").await, 0, "nothing is kept that nobody asks for");
    changes(&uma, fourth, first).await.expect(204);
    assert_eq!(app.db.count("former_passwords").await, 0);
}

#[tokio::test]
async fn a_password_an_admin_voided_does_not_come_back() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    ada.patches("/api/company", json!({ "password_history": 1 })).await.expect(200);
    let demand = json!({ "require_new_password": true });
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), demand).await.expect(200);
    let token = mailed(&app, &uma, "need a new password").await;
    refused(resets(&app, &token, PASSWORD).await, "/new_password", "reused");
    resets(&app, &token, NEXT[0]).await.expect(204);
}

#[tokio::test]
async fn nobody_learns_old_passwords_by_asking_whether_they_were_used() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    ada.patches("/api/company", json!({ "password_history": 5 })).await.expect(200);
    changes(&ada, PASSWORD, NEXT[0]).await.expect(204);
    changes(&ada, "not-her-password", PASSWORD).await.refused(401, "invalid_credentials");

    let token = link(&app, &ada).await;
    app.db.execute("DELETE FROM attempts").await;
    for _ in 0..10 {
        refused(resets(&app, &token, PASSWORD).await, "/new_password", "reused");
    }
    resets(&app, &token, PASSWORD).await.refused(429, "too_many_attempts");
    resets(&app, &token, NEXT[1]).await.refused(429, "too_many_attempts");
    changes(&ada, NEXT[0], NEXT[1]).await.refused(429, "too_many_attempts");
    app.db.execute("UPDATE attempts SET window_started_at = now() - interval '16 minutes'").await;
    resets(&app, &token, NEXT[1]).await.expect(204);
}
