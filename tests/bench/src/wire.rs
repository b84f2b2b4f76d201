//! One kept-alive HTTP/1.1 connection that costs next to nothing: what is measured is the server, not its client.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::failure::Failure;

/// An open connection.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, borrowed from the connection's buffer.
#[derive(Debug)]
pub struct Answer<'a> {
    /// Status.
    pub status: u16,
    /// Status line and headers.
    pub head: &'a str,
    /// Body.
    pub body: &'a [u8],
}

impl Wire {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await.map_err(Failure::system("connecting"))?;
        stream.set_nodelay(true).map_err(Failure::system("connecting"))?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and reads its whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, Failure> {
        self.stream.write_all(request).await.map_err(Failure::system("sending"))?;
        self.buffer.clear();
        let head = loop {
            self.more().await?;
            if let Some(end) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let length = content_length(&self.buffer[..head])?;
        while self.buffer.len() < head + length {
            self.more().await?;
        }
        let text = str::from_utf8(&self.buffer[..head]).map_err(|error| Failure::Other(error.to_string()))?;
        let status = text.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or_default();
        Ok(Answer { status, head: text, body: &self.buffer[head..head + length] })
    }

    async fn more(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.buffer).await.map_err(Failure::system("receiving"))? {
            0 => Err(Failure::Other("the server closed the connection".into())),
            _ => Ok(()),
        }
    }

    /// Posts JSON and reads the JSON of an answer that must have this status.
    pub async fn post(
        &mut self,
        what: &'static str,
        (path, token): (&str, Option<&str>),
        body: &Value,
        expected: u16,
    ) -> Result<Value, Failure> {
        let request = post(path, token, body);
        let answer = self.ask(&request).await?.expect(what, expected)?;
        serde_json::from_slice(answer.body).map_err(|error| Failure::Other(format!("{what}: {error}")))
    }
}

impl<'a> Answer<'a> {
    /// The answer, if it has this status.
    pub fn expect(self, what: &'static str, expected: u16) -> Result<Self, Failure> {
        if self.status == expected {
            return Ok(self);
        }
        Err(Failure::Answer { what, status: self.status, body: String::from_utf8_lossy(self.body).into_owned() })
    }
}

fn content_length(head: &[u8]) -> Result<usize, Failure> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let line = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.map_or(Ok(0), |line| line.trim().parse().map_err(|_| Failure::Other(format!("a strange length: {line}"))))
}

/// The bytes of a GET with an access token.
pub fn get(path: &str, token: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes()
}

/// The bytes of a POST.
pub fn post(path: &str, token: Option<&str>, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    let token = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n");
    format!("{head}{token}Content-Length: {length}\r\n\r\n{body}").into_bytes()
}
