//! Clients that stop reading: they are let go, nobody waits for them, and the operating system ends what is frozen.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
};

use super::outside::{happens, number};
use crate::support::{App, eventually::eventually, person::Person};

/// Far more than the buffers between two programs and the shortest queue hold.
const EVENTS: u32 = 3_000;
const BALLAST: u32 = 5_000;

/// A WebSocket that was opened by hand and is read by hand or not at all.
async fn frozen(person: &Person) -> TcpStream {
    let address: SocketAddr = person.base.strip_prefix("http://").unwrap().parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let request = format!(
        "GET /api/live HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Protocol: voxgate.v1\r\nAuthorization: Bearer {}\r\n\r\n",
        person.access
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 101");
    stream
}

fn evictions(app: &App) -> usize {
    app.log(0).iter().filter(|line| line.contains("too slow and is dropped")).count()
}

/// Whether the server still holds its end of this connection, as the kernel sees it.
fn is_held(client: SocketAddr) -> bool {
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let peer = format!(":{:04X}", client.port());
    let held = |line: &str| {
        let mut columns = line.split_whitespace().skip(2);
        columns.next().is_some_and(|remote| remote.ends_with(&peer)) && columns.next() == Some("01")
    };
    table.lines().any(held)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_froze_is_evicted_the_others_hear_everything_and_the_connection_is_ended() {
    let app = App::start_with(&[("live.queue", "16")]).await;
    let ada = app.admin_of("Acme").await;
    let (dead, mut sleeper) = (frozen(&ada).await, frozen(&ada).await);
    let address = dead.local_addr().unwrap();
    assert!(is_held(address));
    let mut desk = ada.listens(None).await;
    let start = desk.hello["seq"].as_i64().unwrap();

    let reader = tokio::spawn(async move {
        let mut next = start + 1;
        while next <= start + i64::from(EVENTS) {
            let frame = desk.frame().await;
            if let Some(seq) = number(&frame) {
                assert_eq!(seq, next, "the desk was to hear everything");
                next += 1;
            }
        }
    });
    happens(&app.db, "acme", EVENTS, BALLAST).await;
    eventually("both frozen readers are evicted", Duration::from_secs(20), || async {
        (evictions(&app) == 2).then_some(())
    })
    .await;

    // One wakes up in time: it reads what was sent, that it was too slow, and the close code.
    let mut rest = Vec::new();
    sleeper.read_to_end(&mut rest).await.unwrap();
    let end = &rest[rest.len().saturating_sub(400)..];
    let find = |wanted: &[u8]| end.windows(wanted.len()).any(|window| window == wanted);
    assert!(find(b"\"resync\"") && find(b"too_slow"), "{:?}", String::from_utf8_lossy(end));
    assert!(find(&4429_u16.to_be_bytes()), "close code 4429");
    reader.await.unwrap();

    // The other never does: TCP_USER_TIMEOUT.
    eventually("the frozen connection is ended", Duration::from_secs(60), || async {
        (!is_held(address)).then_some(())
    })
    .await;
}
