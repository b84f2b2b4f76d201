//! A link that can be broken: TCP on loopback in front; PostgreSQL, a pooler or a bus behind.
//!
//! What it does is said by [`Link`] at any moment, for open connections too: deliver, deliver late, hold everything back, or
//! swallow what comes in one direction. [`Proxy::cut`] ends every connection; [`Proxy::half_open`] ends only the client's
//! half, so that the server behind goes on waiting for somebody who is gone.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream, UnixStream, tcp, unix},
    sync::watch,
};

use crate::{
    failure::Failure,
    messages::{Messages, Speech, Tally},
};

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
    /// Hints of a bus are lost, doubled and overtaken; see [`crate::messages`].
    pub mangles: bool,
}

/// What is behind a link.
#[derive(Clone, Debug)]
pub enum Behind {
    /// A Unix socket.
    Socket(PathBuf),
    /// A port of loopback.
    Port(SocketAddr),
}

type Half = (Box<dyn AsyncRead + Send + Unpin>, Box<dyn AsyncWrite + Send + Unpin>);

impl Behind {
    async fn connect(&self) -> std::io::Result<Half> {
        Ok(match self {
            Self::Socket(path) => {
                let (read, write): (unix::OwnedReadHalf, unix::OwnedWriteHalf) =
                    UnixStream::connect(path).await?.into_split();
                (Box::new(read), Box::new(write))
            }
            Self::Port(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let (read, write): (tcp::OwnedReadHalf, tcp::OwnedWriteHalf) = stream.into_split();
                (Box::new(read), Box::new(write))
            }
        })
    }
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
    /// What became of the hints that passed here.
    pub tally: Tally,
}

impl Proxy {
    /// Listens on a free port of 127.0.0.1 in front of this.
    ///
    /// # Errors
    /// The system gave no port.
    pub async fn start(behind: Behind, speech: Speech) -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let (address, control) = (listener.local_addr()?, watch::Sender::new(Control::default()));
        let (mut ended, tally) = (control.subscribe(), Tally::default());
        let counted = tally.clone();
        tokio::spawn(async move {
            loop {
                let accepted = tokio::select! {
                    accepted = listener.accept() => accepted,
                    // Errs when the sender is gone.
                    changed = ended.changed() => if changed.is_err() { return } else { continue },
                };
                let Ok((client, _)) = accepted else { continue };
                if !ended.borrow().link.refuses {
                    let messages = Messages::new(speech, counted.clone());
                    tokio::spawn(connection(client, behind.clone(), messages, ended.clone()));
                }
            }
        });
        Ok(Self { address, control, tally })
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

async fn connection(client: TcpStream, behind: Behind, messages: Messages, control: watch::Receiver<Control>) {
    let Ok((mut server_in, mut server_out)) = behind.connect().await else { return };
    // Small answers must not wait for each other; where it cannot be had, they do.
    let _ = client.set_nodelay(true);
    let Control { cut, half, .. } = *control.borrow();
    let (mut client_in, mut client_out) = client.into_split();
    let (mut cutting, mut halving) = (control.clone(), control.clone());
    tokio::select! {
        () = pump(&mut client_in, &mut server_out, control.clone(), None, |link| link.up) => {}
        () = pump(&mut server_in, &mut client_out, control, Some(messages), |link| link.down) => {}
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

async fn pump(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    mut control: watch::Receiver<Control>,
    mut messages: Option<Messages>,
    flow: fn(&Link) -> Flow,
) {
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
        let mangles = control.borrow().link.mangles;
        let delivered = match &mut messages {
            Some(messages) => messages.pass(&buffer[..read], mangles),
            None => buffer[..read].to_vec(),
        };
        if !swallowed && to.write_all(&delivered).await.is_err() {
            return;
        }
    }
}
