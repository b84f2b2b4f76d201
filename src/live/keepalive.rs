//! Makes the operating system notice a peer that is gone or no longer reads. A client that stops reading freezes its
//! socket actor, heartbeats included; only the TCP layer can end such a connection. Hand [`on_connect`] to
//! `HttpServer::on_connect`.

use std::{any::Any, io, os::fd::OwnedFd, sync::Arc, time::Duration};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{dev::Extensions, rt::net::TcpStream};
use rustix::net::sockopt;

/// How long sent bytes may stay unacknowledged before the connection is dropped.
const USER_TIMEOUT: Duration = Duration::from_secs(20);
/// Quiet time before the first probe, and between probes.
const IDLE: Duration = Duration::from_secs(15);
const BETWEEN: Duration = Duration::from_secs(5);
const PROBES: u32 = 3;

/// A second handle of a connection, to end it without waiting for the client: HTTP keeps a connection whose request was
/// not read to its end open for a second, and the request of a WebSocket has none.
#[derive(Clone)]
pub(super) struct Wire(Arc<OwnedFd>);

impl Wire {
    /// Ends the connection in both directions. What was written before still arrives.
    pub(super) fn cut(&self) {
        // Fails only if the connection has ended already.
        let _ = rustix::net::shutdown(&*self.0, rustix::net::Shutdown::Both);
    }
}

/// Sets the options on an accepted TCP connection, with or without TLS, and keeps a handle to end it by; leaves others (Unix sockets in tests)
/// alone.
pub fn on_connect(connection: &dyn Any, extensions: &mut Extensions) {
    let plain = connection.downcast_ref::<TcpStream>();
    let tls = || connection.downcast_ref::<TlsStream<TcpStream>>().map(|stream| stream.get_ref().0);
    let Some(stream) = plain.or_else(tls) else { return };
    if let Ok(handle) = rustix::io::dup(stream) {
        extensions.insert(Wire(Arc::new(handle)));
    }
    if let Err(error) = set(stream) {
        // The connection works without; a peer that vanishes is then noticed later.
        tracing::debug!(%error, "TCP options could not be set");
    }
}

fn set(stream: &TcpStream) -> io::Result<()> {
    let timeout = u32::try_from(USER_TIMEOUT.as_millis()).unwrap_or(u32::MAX);
    sockopt::set_tcp_nodelay(stream, true)?;
    sockopt::set_tcp_user_timeout(stream, timeout)?;
    sockopt::set_socket_keepalive(stream, true)?;
    sockopt::set_tcp_keepidle(stream, IDLE)?;
    sockopt::set_tcp_keepintvl(stream, BETWEEN)?;
    sockopt::set_tcp_keepcnt(stream, PROBES)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[actix_web::test]
    async fn an_accepted_connection_gets_its_options() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap());
        let (accepted, _client) = tokio::join!(listener.accept(), client);
        let (stream, _) = accepted.unwrap();
        on_connect(&stream, &mut Extensions::new());
        assert_eq!(sockopt::tcp_user_timeout(&stream).unwrap(), 20_000);
        assert!(sockopt::socket_keepalive(&stream).unwrap());
        assert!(sockopt::tcp_nodelay(&stream).unwrap());
    }
}
