//! Live sockets of this client. Ten thousand come from several loopback addresses, because one has too few ports.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Instant,
};

use futures_util::StreamExt;
use serde_json::Value;
use tokio::{
    net::{TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinSet,
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        http::header::{AUTHORIZATION, HeaderValue, SEC_WEBSOCKET_PROTOCOL},
        protocol::WebSocketConfig,
    },
};
use voxgate_bench::failure::Failure;

/// Sockets from one address of this machine.
const PER_ADDRESS: usize = 15_000;
/// Sockets that are opened at once.
const AT_ONCE: usize = 64;

/// One live connection.
pub(crate) type Stream = WebSocketStream<TcpStream>;

/// An event that came on a socket.
#[derive(Debug)]
pub(crate) struct Came {
    /// The frame.
    pub(crate) frame: Value,
    /// When.
    pub(crate) at: Instant,
}

/// Opens the `number`th socket of this client and waits for its `hello`.
pub(crate) async fn open(server: SocketAddr, number: usize, access: &str) -> Result<Stream, Failure> {
    let socket = TcpSocket::new_v4().map_err(Failure::system("a socket"))?;
    let own = Ipv4Addr::new(127, 0, 0, u8::try_from(2 + number / PER_ADDRESS).unwrap_or(254));
    socket.bind((own, 0).into()).map_err(Failure::system("an address of this machine"))?;
    let stream = socket.connect(server).await.map_err(Failure::system("connecting"))?;
    stream.set_nodelay(true).map_err(Failure::system("connecting"))?;
    let mut request = format!("ws://{server}/api/live").into_client_request().map_err(other)?;
    let bearer = HeaderValue::try_from(format!("Bearer {access}")).map_err(other)?;
    request.headers_mut().insert(AUTHORIZATION, bearer);
    request.headers_mut().insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("voxgate.v1"));
    let small = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0).max_write_buffer_size(16_384);
    let (mut live, _) = client_async_with_config(request, stream, Some(small)).await.map_err(refused)?;
    match live.next().await {
        Some(Ok(Message::Text(text))) if text.contains("\"hello\"") => Ok(live),
        first => Err(Failure::Other(format!("a socket began with {first:?}"))),
    }
}

/// Opens one socket for each token, on these servers by turns, 64 at a time; in the order of the tokens.
pub(crate) async fn open_all(servers: &[SocketAddr], tokens: &[String]) -> Result<Vec<Stream>, Failure> {
    let (mut opening, mut open_ones) = (JoinSet::new(), Vec::with_capacity(tokens.len()));
    let mut next = tokens.iter().enumerate();
    loop {
        while opening.len() < AT_ONCE {
            let Some((number, token)) = next.next() else { break };
            let (server, token) = (servers[number % servers.len()], token.clone());
            opening.spawn(async move { open(server, number, &token).await.map(|stream| (number, stream)) });
        }
        match opening.join_next().await {
            None => break,
            Some(opened) => open_ones.push(opened.map_err(other)??),
        }
    }
    open_ones.sort_unstable_by_key(|(number, _)| *number);
    Ok(open_ones.into_iter().map(|(_, stream)| stream).collect())
}

/// Reads a socket until it ends; the answer is when that was.
pub(crate) fn watch(mut live: Stream) -> oneshot::Receiver<Instant> {
    let (tell, ended) = oneshot::channel();
    tokio::spawn(async move {
        // The first sign of the end is the close frame; what comes after is politeness.
        while let Some(Ok(message)) = live.next().await {
            if message.is_close() {
                break;
            }
        }
        // Whoever does not ask any more does not want to know.
        let _ = tell.send(Instant::now());
    });
    ended
}

/// Reads a socket and hands on every frame with a `seq`.
pub(crate) fn listen(mut live: Stream, to: mpsc::UnboundedSender<Came>) {
    tokio::spawn(async move {
        while let Some(Ok(message)) = live.next().await {
            let at = Instant::now();
            let Message::Text(text) = message else { continue };
            let Ok(frame) = serde_json::from_str::<Value>(&text) else { continue };
            if to.send(Came { frame, at }).is_err() {
                return;
            }
        }
    });
}

/// An answer other than the upgrade keeps its status.
fn refused(error: Error) -> Failure {
    match error {
        Error::Http(answer) => {
            let (status, body) = (answer.status().as_u16(), answer.into_body().unwrap_or_default());
            Failure::Answer { what: "a connection", status, body: String::from_utf8_lossy(&body).into_owned() }
        }
        error => other(error),
    }
}

fn other(error: impl std::fmt::Display) -> Failure {
    Failure::Other(error.to_string())
}
