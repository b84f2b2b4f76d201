//! A company is switched off by its operator: nobody gets in or stays in by any door that asks the database, and no door
//! answers as if the server were at fault.

use reqwest::Method;
use serde_json::json;

use crate::support::{
    App,
    db::run,
    person::{PASSWORD, token_in},
    socket::{Socket, request},
};

#[tokio::test]
async fn case_79_a_suspended_company_is_closed_at_every_door() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    ada.enrolls().await;
    let first = ada.begins_login().await.expect(200);
    let invite = json!({ "email": "new@acme.example", "role": "user" });
    ada.posts("/api/invitations", invite).await.expect(201);
    let mail = app.mailbox.wait_for("new@acme.example", 1).await;
    let ticket = ada.asks(Method::POST, "/api/live/ticket", None).await.expect(200).text_at("/ticket");

    run(&mut app.db.connect("postgres").await, "UPDATE companies SET status = 'suspended'").await;

    let code = ada.authenticator.as_mut().unwrap().next_code();
    ada.answers(&first.text_at("/mfa_token"), &code).await.refused(401, "challenge_expired");
    ada.begins_login().await.refused(401, "invalid_credentials");
    ada.refreshes().await.refused(401, "invalid_refresh_token");
    let join = json!({ "token": token_in(&mail[0].text), "full_name": "Nia New", "password": PASSWORD });
    app.stranger().posts("/api/invitations/accept", join).await.refused(400, "invalid_link");
    let mut connect = request(&ada.base, "/api/live");
    connect.headers_mut().insert("origin", ada.base.parse().unwrap());
    connect.headers_mut().insert("sec-websocket-protocol", format!("voxgate.v1, ticket.{ticket}").parse().unwrap());
    assert_eq!(Socket::connect(connect).await.err(), Some(401));
}
