//! A live socket as a program opens it.

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest, http::Request},
};

use super::{app::DEADLINE, secrets};

/// An open live channel.
pub(crate) struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// The `hello` frame.
    pub hello: Value,
}

impl Socket {
    /// Opens with an access token in the header and reads the `hello`.
    pub async fn open(base: &str, access: &str, since: Option<i64>) -> Self {
        let query = since.map(|since| format!("?since={since}")).unwrap_or_default();
        let mut request = request(base, &format!("/api/live{query}"));
        request.headers_mut().insert("authorization", format!("Bearer {access}").parse().unwrap());
        request.headers_mut().insert("sec-websocket-protocol", "voxgate.v1".parse().unwrap());
        Self::connect(request).await.expect("the socket opens")
    }

    /// Opens with a prepared request; the refusal's status otherwise.
    pub async fn connect(request: Request<()>) -> Result<Self, u16> {
        let (stream, answer) = match connect_async(request).await {
            Ok(opened) => opened,
            Err(Error::Http(answer)) => return Err(answer.status().as_u16()),
            Err(error) => panic!("{error}"),
        };
        assert_eq!(answer.headers()["sec-websocket-protocol"], "voxgate.v1");
        let mut socket = Self { stream, hello: Value::Null };
        socket.hello = socket.frame().await;
        assert_eq!(socket.hello["kind"], "hello");
        Ok(socket)
    }

    /// The next frame.
    pub async fn frame(&mut self) -> Value {
        match self.message().await {
            Message::Text(text) => serde_json::from_str(&text).unwrap(),
            other => panic!("no frame but {other:?}"),
        }
    }

    /// The next frame of this kind; others are passed over.
    pub async fn expect(&mut self, kind: &str) -> Value {
        // Heads and heartbeats come for ever: the deadline is for all of it.
        let found = tokio::time::timeout(DEADLINE, async {
            loop {
                let frame = self.frame().await;
                if frame["kind"] == kind {
                    return frame;
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("no {kind} in time"))
    }

    /// Everything until the server closes: the last frame and the close code.
    pub async fn until_closed(&mut self) -> (Value, u16) {
        let (last, (code, _)) = self.until_told_to_close().await;
        (last, code)
    }

    /// The same with the reason beside the code.
    pub async fn until_told_to_close(&mut self) -> (Value, (u16, String)) {
        let mut last = Value::Null;
        let closed = tokio::time::timeout(DEADLINE, async {
            loop {
                match self.message().await {
                    Message::Text(text) => last = serde_json::from_str(&text).unwrap(),
                    Message::Close(Some(close)) => return (close.code.into(), close.reason.to_string()),
                    Message::Close(None) => return (1005, String::new()),
                    _ => {}
                }
            }
        });
        let close = closed.await.expect("closed in time");
        (last, close)
    }

    /// Sends a frame.
    pub async fn says(&mut self, frame: Value) {
        self.stream.send(Message::text(frame.to_string())).await.unwrap();
    }

    async fn message(&mut self) -> Message {
        loop {
            let message = tokio::time::timeout(DEADLINE, self.stream.next()).await.expect("a frame in time");
            match message.expect("an open socket").expect("a sound frame") {
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Text(text) if secrets::stands_in(&text) => panic!("a secret in a frame: {text}"),
                message => return message,
            }
        }
    }
}

/// A WebSocket request to a node.
pub(crate) fn request(base: &str, path: &str) -> Request<()> {
    format!("{}{path}", base.replacen("http", "ws", 1)).into_client_request().unwrap()
}
