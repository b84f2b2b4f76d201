//! The example voice agent in front of the real server.

use std::time::{Duration, Instant};

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use voxgate_verify::{Settings, Verifier};

use crate::support::{App, app::DEADLINE, person::Person};

/// A call to the agent.
struct Call(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Call {
    async fn begin(agent: &str, token: &str) -> Self {
        let mut request = agent.into_client_request().unwrap();
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        Self(connect_async(request).await.unwrap().0)
    }

    /// Says something and hears it back.
    async fn talks(&mut self) {
        self.0.send(Message::binary(vec![7; 320])).await.unwrap();
        let heard = tokio::time::timeout(DEADLINE, self.0.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(heard.into_data().as_ref(), [7; 320]);
    }

    /// The close code at the end of the line.
    async fn is_cut(&mut self) -> u16 {
        let cut = async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map_or(1005, |frame| frame.code.into()),
                    Some(Ok(_)) => {}
                    other => panic!("no close: {other:?}"),
                }
            }
        };
        tokio::time::timeout(DEADLINE, cut).await.expect("the line is cut")
    }
}

#[tokio::test]
async fn a_running_call_is_cut_when_the_caller_is_thrown_out_and_the_neighbours_goes_on() {
    let app = App::start().await;
    let ada = app.admin_of("Acme").await;
    let [uma, otto]: [Person; 2] =
        [app.colleague_of(&ada, "uma", "user").await, app.colleague_of(&ada, "otto", "user").await];
    let service = ada.employs_a_service().await;
    let settings = Settings::new(&service.base, &service.key).unwrap().issued_by("https://stories.example");
    let verifier = Verifier::start(settings).unwrap();
    verifier.ready().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let agent = format!("ws://{}", listener.local_addr().unwrap());
    tokio::spawn(voice_agent::serve(listener, verifier));

    let (mut hers, mut his) = (Call::begin(&agent, &uma.access).await, Call::begin(&agent, &otto.access).await);
    hers.talks().await;
    his.talks().await;
    let since = Instant::now();
    ada.posts(&format!("/api/users/{}/force-logout", uma.id), json!({})).await.expect(200);
    assert_eq!(hers.is_cut().await, 4401);
    assert!(since.elapsed() < Duration::from_secs(1), "{:?}", since.elapsed());
    his.talks().await;
    for token in [uma.access.as_str(), "garbage", ""] {
        assert_eq!(Call::begin(&agent, token).await.is_cut().await, 4401, "{token}");
    }
    ada.patches(&format!("/api/users/{}", otto.id), json!({ "role": "manager" })).await.expect(200);
    assert_eq!(his.is_cut().await, 4403);
}
