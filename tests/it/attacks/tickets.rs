//! Live tickets and the pages that try to open sockets.

use serde_json::json;

use super::{COMPANY, HOLDER, in_database, moved};
use crate::support::{
    App,
    person::Person,
    socket::{Socket, request},
};

async fn ticket(person: &Person) -> String {
    person.posts("/api/live/ticket", json!({})).await.expect(200).text_at("/ticket")
}

/// Opens with a ticket from a page of this origin; the status of the refusal otherwise.
async fn opens(app: &App, ticket: &str, origin: Option<&str>) -> Result<Socket, u16> {
    let mut knock = request(&app.base(0), "/api/live");
    if let Some(origin) = origin {
        knock.headers_mut().insert("origin", origin.parse().unwrap());
    }
    knock.headers_mut().insert("sec-websocket-protocol", format!("voxgate.v1, ticket.{ticket}").parse().unwrap());
    Socket::connect(knock).await
}

async fn refusal(app: &App, ticket: &str) -> Option<u16> {
    opens(app, ticket, Some(&app.base(0))).await.err()
}

#[tokio::test]
async fn case_94_only_the_servers_own_page_opens_a_socket_in_a_browser() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let ticket = ticket(&ada).await;
    let base = app.base(0);
    let foreign = [
        "https://evil.example".to_owned(),
        "null".to_owned(),
        String::new(),
        base.replace("http://", "https://"),
        base.replace("http://", "http://sub."),
        format!("{base}.evil.example"),
        format!("{base}/"),
        "http://127.0.0.1".to_owned(),
        base.replace("127.0.0.1", "localhost"),
    ];
    for origin in foreign.iter().map(|origin| Some(origin.as_str())).chain([None]) {
        assert_eq!(opens(&app, &ticket, origin).await.err(), Some(403), "{origin:?}");
    }
    // A program's token does not help a foreign page either.
    for origin in &foreign {
        let mut knock = request(&base, "/api/live");
        knock.headers_mut().insert("origin", origin.parse().unwrap());
        knock.headers_mut().insert("authorization", format!("Bearer {}", ada.access).parse().unwrap());
        knock.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
        assert_eq!(Socket::connect(knock).await.err(), Some(403), "{origin}");
    }
    assert!(opens(&app, &ticket, Some(&base)).await.is_ok(), "the refusals spent nothing");
}

#[tokio::test]
async fn case_95_a_ticket_works_once_soon_for_its_session_and_never_in_the_address() {
    let app = App::start().await;
    let mut ada = app.admin_of("Acme").await;
    let bea = app.admin_of("Beta").await;

    for query in ["token", "access_token", "ticket", "jwt", "authorization", "Token"] {
        let mut knock = request(&app.base(0), &format!("/api/live?{query}={}", ada.access));
        knock.headers_mut().insert("origin", app.base(0).parse().unwrap());
        knock.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
        assert_eq!(Socket::connect(knock).await.err(), Some(400), "{query}");
    }

    let once = ticket(&ada).await;
    assert_eq!(refusal(&app, &once).await, None);
    assert_eq!(refusal(&app, &once).await, Some(401), "a second use");

    let late = ticket(&ada).await;
    in_database(&app, "UPDATE one_time_tokens SET expires_at = expires_at - interval '31 seconds'").await;
    assert_eq!(refusal(&app, &late).await, Some(401), "too late");

    let (hers, theirs) = (ticket(&ada).await, ticket(&bea).await);
    for places in [COMPANY, HOLDER, 0..32] {
        assert_eq!(refusal(&app, &moved(&hers, &theirs, places)).await, Some(401), "another company or session");
    }
    assert_eq!(refusal(&app, &hers).await, None);

    let both = ticket(&ada).await;
    let (one, two) = tokio::join!(refusal(&app, &both), refusal(&app, &both));
    let mut outcomes = [one, two];
    outcomes.sort_unstable();
    assert_eq!(outcomes, [None, Some(401)], "two at once");

    let after = ticket(&ada).await;
    ada.posts("/api/auth/logout", json!({})).await.expect(204);
    assert_eq!(refusal(&app, &after).await, Some(401), "after the sign-out");
    ada = ada.signs_in().await;
    let forced = ticket(&ada).await;
    ada.posts(&format!("/api/users/{}/force-logout", ada.id), json!({})).await.expect(200);
    assert_eq!(refusal(&app, &forced).await, Some(401), "after a forced sign-out");
}
