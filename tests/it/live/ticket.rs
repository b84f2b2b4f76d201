//! How a browser gets in: a ticket, from our own pages only (attacks 94 and 95).

use serde_json::json;
use tokio_tungstenite::tungstenite::http::Request;

use crate::support::{
    App,
    person::Person,
    socket::{Socket, request},
};

async fn ticket_of(person: &Person) -> String {
    let reply = person.posts("/api/live/ticket", json!({})).await.expect(200);
    assert_eq!(
        (reply.at("/expires_in_seconds"), &reply.headers["cache-control"]),
        (json!(30), &"no-store".parse().unwrap())
    );
    reply.text_at("/ticket")
}

/// The upgrade request of a page at `origin`.
fn from_page(base: &str, origin: Option<&str>, ticket: &str) -> Request<()> {
    let mut request = request(base, "/api/live");
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().unwrap());
    }
    request.headers_mut().insert("sec-websocket-protocol", format!("voxgate.v1, ticket.{ticket}").parse().unwrap());
    request
}

async fn enters(base: &str, ticket: &str) -> Result<Socket, u16> {
    Socket::connect(from_page(base, Some(base), ticket)).await
}

#[tokio::test]
async fn a_page_elsewhere_is_refused_before_the_upgrade_and_does_not_spend_the_ticket() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (base, ticket) = (app.base(0), ticket_of(&ada).await);
    let host = base.strip_prefix("http://").unwrap();
    let port = host.split(':').nth(1).unwrap();
    let pages = [
        None,
        Some("null".to_owned()),
        Some("https://evil.example".to_owned()),
        Some(format!("http://evil.{host}")),
        Some(format!("http://{host}.evil.example")),
        Some(format!("http://evil{host}")),
        Some(format!("https://{host}")),
        Some("http://127.0.0.1".to_owned()),
        Some(format!("http://localhost:{port}")),
        Some(format!("{base}/")),
        Some(format!("{base}@evil.example")),
        Some(format!("file://{host}")),
    ];
    for page in &pages {
        let refused = Socket::connect(from_page(&base, page.as_deref(), &ticket)).await;
        assert_eq!(refused.err(), Some(403), "{page:?}");
    }
    let mut both = from_page(&base, Some(&base), &ticket);
    both.headers_mut().append("origin", "https://evil.example".parse().unwrap());
    assert_eq!(Socket::connect(both).await.err(), Some(403), "two origins");
    enters(&base, &ticket).await.expect("the ticket was spent by none of them");
}

#[tokio::test]
async fn a_program_with_a_token_may_leave_the_origin_out_but_not_send_a_foreign_one() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    ada.listens(None).await;
    let mut foreign = request(&app.base(0), "/api/live");
    foreign.headers_mut().insert("authorization", format!("Bearer {}", ada.access).parse().unwrap());
    foreign.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
    foreign.headers_mut().insert("origin", "https://evil.example".parse().unwrap());
    assert_eq!(Socket::connect(foreign).await.err(), Some(403));
}

#[tokio::test]
async fn a_ticket_opens_once_for_its_owner_while_they_are_signed_in() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let base = app.base(0);

    let ticket = ticket_of(&ada).await;
    let race = futures_util::future::join_all((0..20).map(|_| enters(&base, &ticket))).await;
    assert_eq!(race.iter().filter(|entered| entered.is_ok()).count(), 1, "twenty at once");
    assert!(race.iter().all(|entered| entered.as_ref().err().is_none_or(|status| matches!(status, 401 | 429))));
    assert_eq!(enters(&base, &ticket).await.err(), Some(401), "a second time");

    let forged = format!("{}x", &ticket_of(&ada).await);
    assert_eq!(enters(&base, &forged).await.err(), Some(401), "forged");
    assert_eq!(enters(&base, "").await.err(), Some(401), "empty");

    let late = ticket_of(&ada).await;
    let mut root = app.db.connect("postgres").await;
    crate::support::db::run(&mut root, "UPDATE one_time_tokens SET expires_at = now() - interval '1 second'").await;
    assert_eq!(enters(&base, &late).await.err(), Some(401), "thirty seconds later");

    let elsewhere = ada.signs_in().await;
    let ticket = ticket_of(&elsewhere).await;
    elsewhere.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(enters(&base, &ticket).await.err(), Some(401), "after signing out");
    ada.gets("/api/users/me").await.expect(200);
}

#[tokio::test]
async fn a_token_in_the_address_is_refused_whatever_it_is_called() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let (base, ticket) = (app.base(0), ticket_of(&ada).await);
    for name in ["access_token", "token", "ticket", "jwt", "Authorization", "ACCESS_TOKEN"] {
        for authorised in [false, true] {
            let mut request = request(&base, &format!("/api/live?{name}={}", ada.access));
            request.headers_mut().insert("origin", base.parse().unwrap());
            let protocols = if authorised { format!("voxgate.v1, ticket.{ticket}") } else { "voxgate.v1".into() };
            request.headers_mut().insert("sec-websocket-protocol", protocols.parse().unwrap());
            assert_eq!(Socket::connect(request).await.err(), Some(400), "{name}");
        }
    }
    enters(&base, &ticket).await.expect("the ticket is still good");
}
