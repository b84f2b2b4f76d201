//! A client that sends bytes as they are: paths and headers no library would let through.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use crate::support::{App, app::DEADLINE};

/// One connection, kept alive as long as the server keeps it.
pub(super) struct Raw {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
}

impl Raw {
    pub(super) fn to(app: &App) -> Self {
        Self { address: app.base(0)["http://".len()..].parse().unwrap(), stream: None }
    }

    /// Sends the head (and body) of one request and reads one answer: status and body. Status 0 is a connection that was
    /// closed without a word.
    pub(super) async fn sends(&mut self, request: &[u8]) -> (u16, String) {
        let fresh = self.stream.is_none();
        match tokio::time::timeout(DEADLINE, self.exchange(request)).await.expect("an answer in time") {
            Some(answer) => answer,
            // The server may have closed the old connection after its last answer.
            None if !fresh => Box::pin(self.sends(request)).await,
            None => (0, String::new()),
        }
    }

    async fn exchange(&mut self, request: &[u8]) -> Option<(u16, String)> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufReader::new(TcpStream::connect(self.address).await.unwrap()),
        };
        stream.write_all(request).await.ok()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(stream.read_u8().await.ok()?);
        }
        let head = String::from_utf8_lossy(&head).to_lowercase();
        let status = head.split(' ').nth(1)?.parse().ok()?;
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        stream.read_exact(&mut body).await.ok()?;
        if !head.contains("connection: close") {
            self.stream = Some(stream);
        }
        Some((status, String::from_utf8_lossy(&body).into_owned()))
    }
}
