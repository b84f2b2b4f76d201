//! What nodes whisper to each other so that they need not wait for their next look into the database.
//!
//! Everything said here is a hint: "revocations were committed, pull them", "this log reaches further now". A hint opens
//! no door and shuts none; whoever hears one asks PostgreSQL. So a bus that loses, doubles, delays or invents messages
//! costs time and never correctness, and a dead one leaves the pull loops, which look once a second by themselves.
//!
//! | profile | transport | for |
//! |---|---|---|
//! | `solo` | [`in_process`] | one node |
//! | `pair` | [`postgres`]: LISTEN and NOTIFY on connections of its own | a few nodes, nothing else to run |
//! | `fleet` | [`nats`]: NATS core, without JetStream | many nodes |
//!
//! [`Bus::tell`] never waits and never fails; what cannot be sent is dropped and the state says [`State::Degraded`]. To add
//! a transport: a file with an `impl Transport` and its arm in [`Kind`].

mod batch;
pub mod in_process;
mod monitor;
mod mouth;
pub mod nats;
pub mod postgres;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio::{
    runtime::Handle,
    sync::{Notify, mpsc},
};
use tokio_util::sync::CancellationToken;

use self::monitor::Monitor;
use crate::domain::{
    ids::{CompanyId, NodeId, RevocationId},
    session::Departure,
};

/// Hints that wait to be sent, and heard ones that wait to be looked at. More are dropped: the pull loops bring the rest.
const WAITING: usize = 4096;
/// A bus that closes gets this long to send what it was told before.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What one node tells the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// Nothing but that it is there. A node hears itself, and so knows that the bus works.
    Beat,
    /// Revocations were committed. The acts named here want to be confirmed with [`Hint::Applied`].
    Revoked {
        /// Acts somebody waits for.
        acts: Vec<RevocationId>,
    },
    /// These acts count on the node that says so; with each, how many live sockets it closed there.
    Applied {
        /// Act and sockets.
        acts: Vec<(RevocationId, u64)>,
    },
    /// Rows of these companies' logs were numbered, up to here.
    Numbered {
        /// Company and the number of its last row.
        heads: Vec<(CompanyId, i64)>,
    },
    /// Live sockets of ended sessions have closed. The one word that is shown as it is heard: it is about connections,
    /// which are in no table, and says nothing about whether a session is over.
    Left {
        /// Each of them.
        sockets: Vec<Departure>,
    },
}

/// What a node hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Another node said this.
    Said {
        /// Which.
        from: NodeId,
        /// What.
        hint: Hint,
    },
    /// Something may have been missed: the connection is new, or too much came at once. Look at everything.
    Missed,
}

/// How the bus is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It carries what it is told.
    Connected,
    /// It does not, for this reason. Nodes look once a second meanwhile.
    Degraded(String),
}

/// Which transport.
#[derive(Clone, Debug)]
pub enum Kind {
    /// This process only.
    InProcess(in_process::Room),
    /// The notifications of PostgreSQL.
    Postgres {
        /// A role that may log in; any will do. Not through a pooler.
        url: SecretString,
    },
    /// A NATS server or several.
    Nats(nats::Settings),
}

/// How nodes reach each other.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The transport.
    pub kind: Kind,
    /// The channel or subject; one for each installation.
    pub channel: String,
}

/// One way of carrying texts between nodes.
trait Transport: Send + Sync + 'static {
    /// Hands a text to every node that listens, this one included.
    fn publish(&self, text: String) -> BoxFuture<'_, Result<(), String>>;

    /// Connects and listens, again and again. Never ends by itself.
    fn listen(self: Arc<Self>, ears: Ears) -> BoxFuture<'static, ()>;

    /// Sees that what was published has left.
    fn flush(&self) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }
}

/// Where a transport puts what it hears and how it is.
#[derive(Clone)]
struct Ears {
    me: NodeId,
    heard: mpsc::Sender<Heard>,
    monitor: Arc<Monitor>,
}

impl Ears {
    /// The transport listens from now on; what was said before is lost.
    fn connected(&self) {
        self.monitor.connected();
        self.put(Heard::Missed);
    }

    /// The transport hears nothing any more.
    fn lost(&self, why: impl fmt::Display) {
        self.monitor.degraded(&why.to_string());
    }

    /// A text came. What this version cannot read is another version's, and no concern of this node.
    fn text(&self, text: &[u8]) {
        match wire::read(text) {
            Some((from, _)) if from == self.me => self.monitor.echoed(),
            Some((from, hint)) => self.put(Heard::Said { from, hint }),
            None => tracing::debug!("a message on the bus could not be read"),
        }
    }

    fn put(&self, heard: Heard) {
        if self.heard.try_send(heard).is_err() {
            self.monitor.overflowed();
        }
    }
}

/// The bus of this node. Cloning shares it.
#[derive(Clone)]
pub struct Bus {
    out: mpsc::Sender<Hint>,
    monitor: Arc<Monitor>,
    closed: Arc<Notify>,
    stop: CancellationToken,
}

impl Bus {
    /// Begins to listen and to speak as `me`, on `runtime`; answers with what will be heard. Succeeds also while the
    /// transport is down: it is tried again and again.
    pub fn start(settings: Settings, me: NodeId, runtime: &Handle) -> (Self, mpsc::Receiver<Heard>) {
        let transport: Arc<dyn Transport> = match settings.kind {
            Kind::InProcess(room) => Arc::new(room),
            Kind::Postgres { url } => Arc::new(postgres::Notifications::new(url, settings.channel)),
            Kind::Nats(nats) => Arc::new(nats::Nats::new(nats, settings.channel)),
        };
        let (out, words) = mpsc::channel(WAITING);
        let (heard, hears) = mpsc::channel(WAITING);
        let (monitor, stop, closed) = (Arc::<Monitor>::default(), CancellationToken::new(), Arc::<Notify>::default());
        let ears = Ears { me, heard, monitor: Arc::clone(&monitor) };
        let (listening, ended) = (Arc::clone(&transport).listen(ears), stop.clone());
        runtime.spawn(async move {
            tokio::select! { () = ended.cancelled() => {}, () = listening => {} }
        });
        let mouth = mouth::Mouth { me, transport, words, monitor: Arc::clone(&monitor), closed: Arc::clone(&closed) };
        runtime.spawn(mouth.run(stop.clone()));
        (Self { out, monitor, closed, stop }, hears)
    }

    /// Tells every other node, soon. Never waits; what does not fit any more is dropped.
    pub fn tell(&self, hint: Hint) {
        if self.out.try_send(hint).is_err() {
            tracing::debug!("a hint was dropped: the bus is slow or closed");
        }
    }

    /// How it is.
    pub fn state(&self) -> State {
        self.monitor.state()
    }

    /// Waits until it is connected; give it a limit.
    pub async fn is_connected(&self) {
        self.monitor.is_connected().await;
    }

    /// Whether a message has come back since it was connected; awaited by who wants to know that it works.
    pub fn has_echoed(&self) -> bool {
        self.monitor.has_echoed()
    }

    /// Times messages came faster than they were looked at, since the process started; for metrics.
    pub fn overflows(&self) -> u64 {
        self.monitor.overflows()
    }

    /// Sends what it was told before and ends.
    pub async fn close(&self) {
        let closed = self.closed.notified();
        self.stop.cancel();
        if tokio::time::timeout(LAST_WORDS, closed).await.is_err() {
            tracing::debug!("the bus closed with words unsaid");
        }
    }
}

impl fmt::Debug for Bus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bus").field("state", &self.state()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
