//! A link that can be broken: TCP on loopback in front, the Unix socket of PostgreSQL behind.
//!
//! What it does is said by [`Link`] at any moment, for open connections too: deliver, deliver late, hold everything back, or
//! swallow what comes in one direction. [`Proxy::cut`] ends every connection; [`Proxy::half_open`] ends only the client's
//! half, so that the server behind goes on waiting for somebody who is gone.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream},
    sync::watch,
};

use crate::failure::Failure;

/// What happens to bytes in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// They arrive.
    #[default]
    Open,
    /// They wait until the flow is open again.
    Stalled,
    /// They are taken and never arrive.
    Swallowed,
}

/// How the link behaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Link {
    /// From the client to the database.
    pub up: Flow,
    /// From the database to the client.
    pub down: Flow,
    /// Every piece arrives so much later.
    pub delay: Duration,
    /// New connections are closed at once.
    pub refuses: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Control {
    link: Link,
    /// Connections of an older generation end.
    cut: u64,
    /// The client's halves of an older generation end.
    half: u64,
}

/// A running proxy; it ends when this is dropped.
pub struct Proxy {
    address: SocketAddr,
    control: watch::Sender<Control>,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 in front of this Unix socket.
    ///
    /// # Errors
    /// The system gave no port.
    pub async fn start(socket: PathBuf) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, control) = (listener.local_addr()?, watch::Sender::new(Control::default()));
        let mut ended = control.subscribe();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    // Errs when the sender is gone.
                    changed = ended.changed() => if changed.is_err() { return } else { continue },
                };
                let Ok((client, _)) = accepted else { continue };
                if !ended.borrow().link.refuses {
                    tokio::spawn(connection(client, socket.clone(), ended.clone()));
                }
            }
        });
        Ok(Self { address, control })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on the link behaves like this.
    pub fn set(&self, link: Link) {
        self.control.send_modify(|control| control.link = link);
    }

    /// Ends every connection, both halves.
    pub fn cut(&self) {
        self.control.send_modify(|control| control.cut += 1);
    }

    /// Ends the client's half of every connection and keeps the other half, in silence, for ten seconds.
    pub fn half_open(&self) {
        self.control.send_modify(|control| control.half += 1);
    }
}

async fn connection(client: TcpStream, socket: PathBuf, control: watch::Receiver<Control>) {
    let Ok(server) = UnixStream::connect(socket).await else { return };
    // Small answers must not wait for each other; where it cannot be had, they do.
    let _ = client.set_nodelay(true);
    let Control { cut, half, .. } = *control.borrow();
    let (mut client_in, mut client_out) = client.into_split();
    let (mut server_in, mut server_out) = server.into_split();
    let (mut cutting, mut halving) = (control.clone(), control.clone());
    tokio::select! {
        () = pump(&mut client_in, &mut server_out, control.clone(), |link| link.up) => {}
        () = pump(&mut server_in, &mut client_out, control, |link| link.down) => {}
        () = until(&mut cutting, |control| control.cut > cut) => {}
        () = until(&mut halving, |control| control.half > half) => {}
    }
    drop((client_in, client_out));
    if halving.borrow().half > half {
        // The other half is told nothing for as long as this lasts.
        tokio::time::sleep(Duration::from_secs(10)).await;
    }
    drop((server_in, server_out));
}

/// Errs, and is over as well, when the proxy is gone.
async fn until(control: &mut watch::Receiver<Control>, reached: impl Fn(&Control) -> bool) {
    let _ = control.wait_for(|control| reached(control)).await.is_ok();
}

async fn pump<R, W>(from: &mut R, to: &mut W, mut control: watch::Receiver<Control>, flow: fn(&Link) -> Flow)
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let Ok(read @ 1..) = from.read(&mut buffer).await else { return };
        let delay = control.borrow().link.delay;
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
        let swallowed = match control.wait_for(|control| flow(&control.link) != Flow::Stalled).await {
            Ok(control) => flow(&control.link) == Flow::Swallowed,
            Err(_) => return,
        };
        if !swallowed && to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
}
