//! A mail server that keeps every mail and delivers none: the mailbox of `voxgate dev` and the receiver of the tests.
//!
//! It speaks enough SMTP for any client on this machine (RFC 5321 without extensions but SIZE and 8BITMIME), listens on
//! loopback only, keeps the last 500 mails in memory, and can be told to misbehave as real servers do.

mod page;
mod parse;
mod smtp;

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

pub use page::render_html;
use serde::Serialize;
use time::OffsetDateTime;
use tokio::{net::TcpListener, runtime, sync::oneshot, sync::watch};
use utoipa::ToSchema;

use crate::domain::world::World;

/// How many mails are kept; the oldest go first.
pub const KEPT: usize = 500;
/// How long [`Mailbox::wait_for`] waits.
const PATIENCE: Duration = Duration::from_secs(60);

/// One mail to one recipient, as it came over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Mail {
    /// The recipient of the envelope.
    pub to: String,
    /// The subject, decoded.
    pub subject: String,
    /// The text part, decoded.
    pub text: String,
    /// The HTML part, decoded; empty when there is none.
    pub html: String,
    /// When it came.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// How the server answers from now on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// It takes every mail.
    #[default]
    Accept,
    /// It refuses every recipient with this code: 4xx means later, 5xx means never.
    Refuse(u16),
    /// It takes the connection and says nothing.
    Stall,
    /// It hangs up when the mail itself begins.
    Drop,
}

/// The mailbox; clones share it. The server stops with the last clone.
#[derive(Clone)]
pub struct Mailbox {
    shared: Arc<Shared>,
    server: Arc<Server>,
}

struct Shared {
    world: World,
    mails: Mutex<VecDeque<Mail>>,
    /// How many ever came.
    arrived: watch::Sender<u64>,
    behaviour: watch::Sender<Behaviour>,
}

/// Its thread ends when this is dropped.
struct Server {
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Mails hold links that sign people in.
        f.debug_struct("Mailbox").field("arrived", &*self.shared.arrived.borrow()).finish_non_exhaustive()
    }
}

impl Mailbox {
    /// Listens on a free port of 127.0.0.1, on a thread of its own: it needs no runtime and outlives any.
    ///
    /// # Errors
    /// The system gave no port or no thread.
    pub fn start(world: World) -> io::Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let listener = {
            // Not `block_on`: the caller may be inside a runtime of its own.
            let _inside = runtime.enter();
            TcpListener::from_std(listener)?
        };
        let shared = Arc::new(Shared {
            world,
            mails: Mutex::default(),
            arrived: watch::Sender::new(0),
            behaviour: watch::Sender::new(Behaviour::Accept),
        });
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = smtp::serve(listener, Arc::clone(&shared));
        let serve = async move {
            tokio::select! {
                // The word never comes: its sender is dropped.
                _ = stopped => {}
                () = serving => {}
            }
        };
        thread::Builder::new().name("mailbox".into()).spawn(move || runtime.block_on(serve))?;
        Ok(Self { shared, server: Arc::new(Server { address, _stop: stop }) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address
    }

    /// The mails, newest last; with `to` only those to this address (any case).
    pub fn items(&self, to: Option<&str>) -> Vec<Mail> {
        let wanted = |mail: &&Mail| to.is_none_or(|to| mail.to.eq_ignore_ascii_case(to));
        self.shared.mails().iter().filter(wanted).cloned().collect()
    }

    /// Changes with every mail that comes, to the number that ever came: lets a test wait for mail without sleeping.
    pub fn arrivals(&self) -> watch::Receiver<u64> {
        self.shared.arrived.subscribe()
    }

    /// Waits until `wanted` mails to this address are there, at most a minute, and returns those that are.
    pub async fn wait_for(&self, to: &str, wanted: usize) -> Vec<Mail> {
        let mut arrivals = self.arrivals();
        let enough = arrivals.wait_for(|_| self.items(Some(to)).len() >= wanted);
        // Too late or never: the caller sees it by what is missing.
        drop(tokio::time::timeout(PATIENCE, enough).await);
        self.items(Some(to))
    }

    /// From the next command on, open connections included, the server behaves like this.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.behaviour.send_replace(behaviour);
    }
}

impl Shared {
    fn mails(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.mails.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, recipients: &[String], raw: &[u8]) {
        let mails = recipients.iter().map(|to| parse::mail(to, raw, self.world.now()));
        let mut kept = self.mails();
        kept.extend(mails);
        let surplus = kept.len().saturating_sub(KEPT);
        kept.drain(..surplus);
        drop(kept);
        self.arrived.send_modify(|count| *count += recipients.len() as u64);
    }
}

#[cfg(test)]
mod tests;
