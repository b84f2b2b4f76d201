//! Whole connections: our server on a TCP port, an independent WebSocket client (tungstenite) on the other side.

use std::{sync::Arc, time::Duration};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, http::StatusCode, web};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::HeaderValue},
};

use super::house::{HOME, House};
use crate::{
    domain::principal::{Principal, Role},
    live::{Live, Settings, connect, keepalive},
    stream::sample,
};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Longer than anything here takes; a test that waits for this has failed.
const DEADLINE: Duration = Duration::from_secs(20);

async fn route(request: HttpRequest, payload: web::Payload, live: web::Data<Live>) -> HttpResponse {
    let refused = |code: u16| HttpResponse::build(StatusCode::from_u16(code).unwrap()).finish();
    connect::connect(&request, payload, &live).await.unwrap_or_else(|refusal| refused(refusal.code.status()))
}

/// Serves the house's live channel; returns its address.
fn serve(house: &Arc<House>) -> String {
    let live = house.live();
    let app = move || App::new().app_data(web::Data::new(live.clone())).route("/api/live", web::get().to(route));
    let server = HttpServer::new(app).workers(1).on_connect(keepalive::on_connect).disable_signals();
    let server = server.bind(("127.0.0.1", 0)).unwrap();
    let address = server.addrs()[0];
    actix_web::rt::spawn(server.run());
    format!("ws://{address}/api/live")
}

async fn dial(address: &str, headers: &[(&'static str, &str)]) -> Result<(Client, Option<String>), u16> {
    let mut request = address.into_client_request().unwrap();
    for (name, value) in headers {
        request.headers_mut().append(*name, HeaderValue::from_str(value).unwrap());
    }
    match connect_async(request).await {
        Ok((client, answer)) => {
            let protocol = answer.headers().get("sec-websocket-protocol");
            Ok((client, protocol.map(|name| name.to_str().unwrap().to_owned())))
        }
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

/// A browser tab of the person of `role`, connected.
async fn tab(house: &House, address: &str, role: Role) -> Client {
    house.ticket("vgt_tab", role);
    let shown = [("origin", HOME), ("sec-websocket-protocol", "voxgate.v1, ticket.vgt_tab")];
    let (client, protocol) = dial(address, &shown).await.unwrap();
    assert_eq!(protocol.as_deref(), Some("voxgate.v1"), "the ticket is not repeated");
    client
}

/// The next frame: the text's JSON, or `{"close": code}`.
async fn next(client: &mut Client) -> Value {
    loop {
        let message = tokio::time::timeout(DEADLINE, client.next()).await.expect("a frame in time");
        match message {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
            Some(Ok(Message::Close(frame))) => return json!({ "close": u16::from(frame.unwrap().code) }),
            Some(Ok(_)) => {}
            other => panic!("the connection ended without a close frame: {other:?}"),
        }
    }
}

async fn say(client: &mut Client, message: Message) -> Value {
    client.send(message).await.unwrap();
    next(client).await
}

#[actix_web::test]
async fn an_admin_watches_resumes_and_is_thrown_out() {
    let house = Arc::new(House::new());
    let address = serve(&house);
    house.happen(json!({ "n": 1 }));
    let mut admin = tab(&house, &address, Role::Admin).await;
    let hello = next(&mut admin).await;
    assert_eq!((&hello["kind"], &hello["seq"], &hello["data"]["role"]), (&json!("hello"), &json!(1), &json!("admin")));
    house.happen(json!({ "n": 2 }));
    assert_eq!(next(&mut admin).await["seq"], 2);
    drop(admin);
    house.happen(json!({ "n": 3 }));
    let mut again = tab(&house, &format!("{address}?since=1"), Role::Admin).await;
    assert_eq!(next(&mut again).await["kind"], "hello");
    assert_eq!(next(&mut again).await["data"]["n"], 2);
    assert_eq!(next(&mut again).await["data"]["n"], 3);
    house.revoke(Role::Admin);
    let revoked = next(&mut again).await;
    assert_eq!((&revoked["kind"], &revoked["data"]["reason"]), (&json!("session.revoked"), &json!("revoked")));
    assert_eq!(next(&mut again).await, json!({ "close": 4401 }));
}

#[actix_web::test]
async fn refusals_come_before_the_upgrade_and_spend_no_ticket() {
    let house = Arc::new(House::new());
    let address = serve(&house);
    house.ticket("vgt_once", Role::User);
    let ticket = ("sec-websocket-protocol", "voxgate.v1, ticket.vgt_once");
    assert_eq!(dial(&address, &[ticket]).await.err(), Some(403));
    assert_eq!(dial(&address, &[ticket, ("origin", "https://evil.example")]).await.err(), Some(403));
    assert_eq!(dial(&format!("{address}?token=abc"), &[ticket, ("origin", HOME)]).await.err(), Some(400));
    assert_eq!(dial(&address, &[("authorization", "Bearer nonsense")]).await.err(), Some(401));
    assert_eq!(dial(&address, &[("origin", HOME)]).await.err(), Some(401));
    let plain = reqwest::get(address.replace("ws://", "http://")).await.unwrap();
    assert_eq!(plain.status().as_u16(), 426);
    assert!(dial(&address, &[ticket, ("origin", HOME)]).await.is_ok(), "still good after all of these");
    assert_eq!(dial(&address, &[ticket, ("origin", HOME)]).await.err(), Some(401), "and only once");
}

#[actix_web::test]
async fn a_program_connects_with_bearer_and_renews_on_the_socket() {
    let house = Arc::new(House::new());
    let address = serve(&house);
    let principal = sample::principal(Role::User);
    let newer = Principal { epoch: 2, ..principal.clone() };
    house.tokens.lock().unwrap().extend([("first".to_owned(), principal), ("second".to_owned(), newer)]);
    let (mut program, _) = dial(&address, &[("authorization", "Bearer first")]).await.unwrap();
    assert_eq!(next(&mut program).await["kind"], "hello");
    assert_eq!(say(&mut program, Message::text(r#"{"kind":"ping"}"#)).await["kind"], "head");
    let renew = Message::text(r#"{"kind":"renew","access_token":"second"}"#);
    assert_eq!(say(&mut program, renew).await["kind"], "head");
    let old_epoch = crate::domain::revocation::Scope::User { id: sample::principal(Role::User).user, min_epoch: 2 };
    let revocation = sample::revocation(old_epoch);
    assert_eq!(house.with_hub(|hub| hub.revoked(&revocation, sample::NOON)), 0, "the hub knows the new epoch");
}

#[actix_web::test]
async fn whatever_else_a_client_sends_ends_the_connection_with_its_code() {
    let house = Arc::new(House::new());
    let address = serve(&house);
    let cases = [
        (Message::text("{}"), 1008),
        (Message::binary(vec![1, 2, 3]), 1008),
        (Message::text("x".repeat(8 * 1024 + 1)), 1009),
    ];
    for (message, code) in cases {
        let mut client = tab(&house, &address, Role::User).await;
        next(&mut client).await;
        assert_eq!(say(&mut client, message).await, json!({ "close": code }));
    }
}

#[actix_web::test]
async fn when_the_hub_goes_the_client_is_told_to_come_again() {
    let house = Arc::new(House::new());
    let address = serve(&house);
    let mut early = tab(&house, &address, Role::User).await;
    next(&mut early).await;
    house.drop_hub();
    assert_eq!(next(&mut early).await, json!({ "close": 1012 }));
    let mut late = tab(&house, &address, Role::User).await;
    assert_eq!(next(&mut late).await, json!({ "close": 1012 }), "and there is none to attach to");
}

#[actix_web::test]
async fn the_timer_closes_a_connection_whose_token_has_ended() {
    let house = Arc::new(House::new());
    let address = serve(&house);
    let ended = Principal { expires_at: sample::NOON, ..sample::principal(Role::User) };
    house.tokens.lock().unwrap().insert("ended".into(), ended);
    let (mut client, _) = dial(&address, &[("authorization", "Bearer ended")]).await.unwrap();
    let first = next(&mut client).await;
    let last = if first["kind"] == "hello" { next(&mut client).await } else { first };
    assert_eq!(last, json!({ "close": 4408 }));
}

#[actix_web::test]
async fn a_reader_that_stops_is_dropped_told_so_when_it_wakes_and_bothers_nobody() {
    let mut house = House::new();
    house.settings = Settings { queue: 4, ..house.settings };
    let house = Arc::new(house);
    let address = serve(&house);
    let mut frozen = tab(&house, &address, Role::Admin).await;
    assert_eq!(next(&mut frozen).await["kind"], "hello");
    let large = "x".repeat(64 * 1024);
    let flood = async {
        while house.evicted() == 0 {
            house.happen(json!({ "large": large }));
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, flood).await.expect("the sender drops it by itself");
    assert_eq!(house.with_hub(|hub| hub.sockets()), 0);
    let mut last = Value::Null;
    loop {
        match next(&mut frozen).await {
            close if close.get("close").is_some() => {
                assert_eq!(close, json!({ "close": 4429 }));
                break;
            }
            frame => last = frame,
        }
    }
    assert_eq!((&last["kind"], &last["data"]["reason"]), (&json!("resync"), &json!("too_slow")));
}
