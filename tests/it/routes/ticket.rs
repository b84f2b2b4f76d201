//! Tickets for the live channel: once, within thirty seconds, for the session they were given to.

use serde_json::json;
use tokio_tungstenite::tungstenite::http::Request;

use crate::support::{
    App,
    person::Person,
    socket::{Socket, request},
};

/// A browser's way to the live channel.
fn knock(base: &str, ticket: &str, origin: Option<&str>) -> Request<()> {
    let mut request = request(base, "/api/live");
    let protocols = format!("voxgate.v1, ticket.{ticket}");
    request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    request
}

async fn ticket_of(person: &Person) -> String {
    let reply = person.posts("/api/live/ticket", json!({})).await.expect(200);
    assert_eq!(
        (reply.at("/expires_in_seconds"), reply.headers["cache-control"].to_str().unwrap()),
        (json!(30), "no-store")
    );
    reply.text_at("/ticket")
}

async fn opens(base: &str, ticket: &str) -> Result<Socket, u16> {
    Socket::connect(knock(base, ticket, Some(base))).await
}

#[tokio::test]
async fn a_ticket_opens_one_socket_for_its_session() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let base = app.base(0);
    let ticket = ticket_of(&ada).await;
    let mut socket = opens(&base, &ticket).await.unwrap_or_else(|status| panic!("refused with {status}"));
    assert_eq!(socket.hello["data"]["role"], "admin");
    assert_eq!(opens(&base, &ticket).await.err(), Some(401));
    ada.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(socket.until_closed().await.1, 4401);
}

#[tokio::test]
async fn late_foreign_and_orphaned_tickets_open_nothing() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let base = app.base(0);
    let late = ticket_of(&ada).await;
    let left: bool =
        app.db.value("SELECT expires_at BETWEEN now() AND now() + interval '30 s' FROM one_time_tokens").await;
    assert!(left, "thirty seconds at most");
    app.db.execute("UPDATE one_time_tokens SET expires_at = now()").await;
    assert_eq!(opens(&base, &late).await.err(), Some(401));

    let from_elsewhere = ticket_of(&ada).await;
    for origin in [Some("https://evil.example"), Some("null"), None] {
        assert_eq!(Socket::connect(knock(&base, &from_elsewhere, origin)).await.err(), Some(403), "{origin:?}");
    }
    assert!(opens(&base, &from_elsewhere).await.is_ok(), "a refused page spends nothing");

    let phone = ada.signs_in().await;
    let orphaned = ticket_of(&phone).await;
    phone.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(opens(&base, &orphaned).await.err(), Some(401));
    let switched_off = ticket_of(&ada).await;
    app.db.execute("UPDATE users SET status = 'deactivated'").await;
    assert_eq!(opens(&base, &switched_off).await.err(), Some(401));
}

#[tokio::test]
async fn nothing_but_a_ticket_is_a_ticket() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let base = app.base(0);
    for strange in [ada.refresh.as_str(), "vgt_", "x", "vgt_AAAA"] {
        assert_eq!(opens(&base, strange).await.err(), Some(401), "{strange}");
    }
    app.stranger().posts("/api/live/ticket", json!({})).await.refused(401, "unauthenticated");
    let ticket = ticket_of(&ada).await;
    let in_address = request(&base, &format!("/api/live?ticket={ticket}"));
    assert_eq!(Socket::connect(in_address).await.err(), Some(400));
    ada.gets("/api/live").await.refused(426, "upgrade_required");
}

#[tokio::test]
async fn a_token_renewed_on_the_socket_must_be_of_the_same_session() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let phone = ada.signs_in().await;
    let renewed = ada.with_tokens(&ada.refreshes().await.expect(200));
    let mut socket = ada.listens(None).await;
    socket.says(json!({ "kind": "renew", "access_token": renewed.access })).await;
    // The socket goes on and still shows what happens.
    ada.puts("/api/users/me", json!({ "full_name": "Ada Anew" })).await.expect(200);
    socket.expect("user.updated").await;
    socket.says(json!({ "kind": "renew", "access_token": phone.access })).await;
    let (_, code) = socket.until_closed().await;
    assert!(code == 4401 || code == 1008, "{code}");
}
