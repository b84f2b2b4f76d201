//! Every token works in its own place only, and a forged access token nowhere.

use data_encoding::BASE64URL_NOPAD;
use serde_json::json;

use crate::support::{App, person::PASSWORD};

#[tokio::test]
async fn no_token_is_taken_in_the_place_of_another() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let invitation = ada.invites(&app, "uma@acme.example", "user").await;
    ada.enrolls().await;
    let challenge = ada.opens_challenge().await;
    let ticket = ada.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket");
    let code = app.fresh_code(&mut ada).await;
    let all = [
        ("access", ada.access.clone()),
        ("refresh", ada.refresh.clone()),
        ("challenge", challenge.clone()),
        ("invitation", invitation.clone()),
        ("ticket", ticket),
    ];
    let before = app.db.picture().await;
    let stranger = app.stranger();
    for (kind, token) in &all {
        if *kind != "access" {
            ada.holding(token).gets("/api/users/me").await.refused(401, "unauthenticated");
        }
        if *kind != "refresh" {
            let reply = stranger.posts("/api/auth/refresh", json!({ "refresh_token": token })).await;
            reply.refused(401, "invalid_refresh_token");
        }
        if *kind != "challenge" {
            ada.answers(token, &code).await.refused(401, "challenge_expired");
        }
        if *kind != "invitation" {
            let body = json!({ "token": token, "full_name": "Eve", "password": PASSWORD });
            stranger.posts("/api/invitations/accept", body).await.refused(400, "invalid_link");
        }
    }
    // The same secret under another purpose's tag is another token.
    for tag in ["vgr", "vgi", "vgt", "vge", "vgp", "vgv"] {
        let disguised = challenge.replacen("vgm", tag, 1);
        stranger.posts("/api/auth/refresh", json!({ "refresh_token": disguised })).await.expect(401);
        let body = json!({ "token": disguised, "full_name": "Eve", "password": PASSWORD });
        stranger.posts("/api/invitations/accept", body).await.expect(400);
    }
    let disguised = invitation.replacen("vgi", "vgm", 1);
    ada.answers(&disguised, &code).await.refused(401, "challenge_expired");
    assert_eq!(app.db.picture().await, before);
    ada.answers(&challenge, &code).await.expect(200);
}

#[tokio::test]
async fn an_access_token_that_was_touched_opens_nothing() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let foreign = app.admin_of("Globex").await;
    let parts: Vec<&str> = ada.access.split('.').collect();
    let others: Vec<&str> = foreign.access.split('.').collect();
    let claims = String::from_utf8(BASE64URL_NOPAD.decode(parts[1].as_bytes()).unwrap()).unwrap();
    let raised = BASE64URL_NOPAD.encode(claims.replace("1800", "9999").replace(&ada.id, &foreign.id).as_bytes());
    let none = BASE64URL_NOPAD.encode(br#"{"alg":"none","typ":"at+jwt"}"#);
    let hmac = BASE64URL_NOPAD.encode(br#"{"alg":"HS256","typ":"at+jwt"}"#);
    for forged in [
        format!("{}.{raised}.{}", parts[0], parts[2]),
        format!("{none}.{}.", parts[1]),
        format!("{none}.{}.{}", parts[1], parts[2]),
        format!("{hmac}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], others[1], parts[2]),
        format!("{}.{}.{}", parts[0], parts[1], others[2]),
        format!("{}.{}", parts[0], parts[1]),
        format!("{}.x", ada.access),
        format!("{}=", ada.access),
        ada.access.to_uppercase(),
    ] {
        let eve = ada.holding(&forged);
        eve.gets("/api/users/me").await.refused(401, "unauthenticated");
        eve.gets("/api/auth/session").await.refused(401, "unauthenticated");
    }
    assert!(ada.is_in().await);
}
