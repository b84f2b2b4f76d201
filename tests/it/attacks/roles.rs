//! People who want to be more than they are, and requests that name somebody else.

use reqwest::Method;
use serde_json::{Value, json};

use super::{claims, count};
use crate::support::{
    App,
    person::{PASSWORD, Person},
};

async fn roles(app: &App) -> Vec<(String, String)> {
    let mut all = app.db.connect("postgres").await;
    sqlx::query_as("SELECT email, role FROM users ORDER BY 1").fetch_all(&mut all).await.unwrap()
}

/// A request that must be refused, whatever the reason.
async fn is_refused(person: &Person, method: Method, path: &str, body: Value) {
    let reply = person.asks(method.clone(), path, Some(body.clone())).await;
    assert!((400..500).contains(&reply.status), "{method} {path} {body}: {reply:?}");
}

#[tokio::test]
async fn case_80_nobody_raises_their_own_role() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    let before = roles(&app).await;
    for person in [&max, &uma] {
        let own = format!("/api/users/{}", person.id);
        for role in ["admin", "root", "Admin"] {
            for path in ["/api/users/me", own.as_str()] {
                is_refused(person, Method::PUT, path, json!({ "full_name": "Uma", "role": role })).await;
                is_refused(person, Method::PATCH, path, json!({ "role": role })).await;
                is_refused(person, Method::POST, path, json!({ "role": role })).await;
            }
        }
        for path in [format!("{own}/role"), format!("{own}/promote"), "/api/users".into()] {
            is_refused(person, Method::POST, &path, json!({ "role": "admin" })).await;
        }
        let body = json!({ "email": person.email.replace('@', "2@"), "role": "admin" });
        person.posts("/api/invitations", body).await.refused(403, "forbidden");
    }
    assert_eq!(roles(&app).await, before);
    assert_eq!(uma.gets("/api/auth/session").await.expect(200).at("/role"), "user");
}

#[tokio::test]
async fn case_81_fields_that_are_nobodys_to_write_are_refused() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let invitation = ada.invites(&app, "uma@acme.example", "user").await;
    let stranger = app.stranger();
    for (field, value) in [
        ("role", json!("admin")),
        ("roles", json!(["admin"])),
        ("company_id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ("mfa_enabled", json!(false)),
        ("is_active", json!(true)),
        ("status", json!("active")),
        ("email_verified", json!(true)),
        ("email_verified_at", json!("2026-01-01T00:00:00Z")),
        ("id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
        ("is_admin", json!(true)),
        ("__proto__", json!({ "role": "admin" })),
    ] {
        let with = |mut body: Value| {
            body[field] = value.clone();
            body
        };
        let register =
            json!({ "company_name": "Zenith", "full_name": "Zoe", "email": "z@z.example", "password": PASSWORD });
        stranger.posts("/api/auth/register", with(register)).await.refused(400, "invalid_body");
        let accept = json!({ "token": invitation, "full_name": "Uma User", "password": PASSWORD });
        stranger.posts("/api/invitations/accept", with(accept)).await.refused(400, "invalid_body");
        let profile = json!({ "full_name": "Somebody Else" });
        ada.asks(Method::PUT, "/api/users/me", Some(with(profile))).await.refused(400, "invalid_body");
        if field != "role" {
            let invite = json!({ "email": "bob@acme.example", "role": "user" });
            ada.posts("/api/invitations", with(invite)).await.refused(400, "invalid_body");
        }
    }
    assert_eq!(count(&app, "SELECT count(*) FROM users").await, 1);
    assert_eq!(count(&app, "SELECT count(*) FROM invitations").await, 1);
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/full_name"), "Ada Admin");
}

#[tokio::test]
async fn case_82_a_manager_touches_nobody_above_and_hands_out_no_more_than_users() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let max = app.colleague_of(&ada, "max", "manager").await;
    let sid = claims(&ada)["sid"].as_str().unwrap().to_owned();
    for role in ["admin", "manager"] {
        let body = json!({ "email": format!("{role}@acme2.example"), "role": role });
        max.posts("/api/invitations", body).await.refused(403, "forbidden");
    }
    let above =
        ada.posts("/api/invitations", json!({ "email": "boss@acme.example", "role": "admin" })).await.expect(201);
    let above = format!("/api/invitations/{}", above.text_at("/id"));
    max.deletes(&above).await.refused(403, "forbidden");
    max.posts(&format!("{above}/resend"), json!({})).await.refused(403, "forbidden");
    max.posts(&format!("/api/users/{}/force-logout", ada.id), json!({})).await.refused(403, "forbidden");
    max.gets(&format!("/api/users/{}/sessions", ada.id)).await.refused(403, "forbidden");
    max.deletes(&format!("/api/users/{}/sessions/{sid}", ada.id)).await.refused(403, "forbidden");
    max.deletes(&format!("/api/sessions/{sid}")).await.refused(404, "not_found");
    for path in ["", "/mfa/reset", "/deactivate", "/reactivate"] {
        for method in [Method::POST, Method::PATCH, Method::DELETE] {
            is_refused(&max, method, &format!("/api/users/{}{path}", ada.id), json!({})).await;
        }
    }
    assert_eq!(ada.gets(&above).await.expect(200).at("/status"), "pending");
    ada.gets("/api/users/me").await.expect(200);
    max.posts("/api/invitations", json!({ "email": "uma@acme.example", "role": "user" })).await.expect(201);
}

#[tokio::test]
async fn case_85_whose_account_it_is_says_the_token_and_nothing_else() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let uma = app.colleague_of(&ada, "uma", "user").await;
    for field in ["id", "user_id", "userId", "user", "sub", "session_id", "target"] {
        for (method, path, mut body) in [
            (Method::PUT, "/api/users/me", json!({ "full_name": "Not Ada" })),
            (Method::POST, "/api/auth/logout", json!({})),
            (Method::POST, "/api/auth/reauthenticate", json!({ "password": PASSWORD })),
            (Method::POST, "/api/auth/mfa/enable", json!({ "code": "123456" })),
            (Method::POST, "/api/auth/mfa/disable", json!({ "password": PASSWORD, "code": "123456" })),
        ] {
            body[field] = json!(ada.id);
            uma.asks(method.clone(), path, Some(body.clone())).await.refused(400, "invalid_body");
            app.stranger().asks(method, path, Some(body)).await.refused(401, "unauthenticated");
        }
        let query = format!("/api/users/me?{field}={}", ada.id);
        let reply = uma.gets(&query).await;
        assert!(!reply.text.contains(&ada.email), "{query}: {reply:?}");
    }
    assert_eq!(ada.gets("/api/users/me").await.expect(200).at("/full_name"), "Ada Admin");
    uma.gets("/api/users/me").await.expect(200);
}
