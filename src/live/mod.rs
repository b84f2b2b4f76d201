//! The live channel: one WebSocket per signed-in tab or program at `GET /api/live`.
//!
//! ```text
//! connect   origin, ticket or Bearer, refusals before the upgrade
//!   └► socket   the actor: a thin shell around …
//!        └► session   … what a connection does: hello, replay, pushes, renewal, endings (plain, no I/O)
//!             └► resume   replay and live events joined without hole or double (pure)
//! ```
//!
//! To add a client frame: a variant in [`frame::Said`] and its arm in `session`. To add a server frame: a constructor
//! in [`stream::frame`](crate::stream::frame). Nothing about revocation depends on a socket being alive: the door is
//! asked before every push, the hub drops what does not read.

use std::{fmt, sync::Arc, time::Duration};

use actix::Recipient;
use futures_util::future::BoxFuture;

use crate::{
    domain::{audit::AuditRow, code::Refusal, ids::CompanyId, principal::Principal, world::World},
    stream::revocation::Verdict,
    tenant::hub::{Attached, Push, SocketId},
};

pub mod connect;
pub mod frame;
pub mod keepalive;
mod request;
pub mod resume;
mod session;
mod socket;
#[cfg(test)]
mod tests;

/// An answer that comes later; dropping it tears nothing, the work behind it runs in a task of its own.
pub type Reply<T> = BoxFuture<'static, Result<T, Refusal>>;

/// What the live channel asks of the house below it.
pub trait Backend: Send + Sync + 'static {
    /// Spends a live ticket; it works once.
    fn redeem(&self, ticket: String) -> Reply<Principal>;

    /// The door: signature, revocation, lease.
    fn admit(&self, access_token: String) -> Reply<Principal>;

    /// The door's cheap question about somebody who was admitted before: no I/O.
    fn check(&self, principal: &Principal) -> Verdict;

    /// The same question to PostgreSQL, for when [`Backend::check`] says [`Verdict::Stale`].
    fn check_database(&self, principal: Principal) -> Reply<()>;

    /// Refuses a caller who has as many connections as one session or person may have.
    fn make_room(&self, principal: Principal) -> Reply<()>;

    /// The installation's epoch.
    fn epoch(&self) -> i64;

    /// Attaches a socket to its company's hub.
    fn attach(&self, principal: Principal, recipient: Recipient<Push>) -> Reply<Attached>;

    /// The socket is gone; `answered` if it was the client that closed.
    fn detach(&self, company: CompanyId, socket: SocketId, answered: bool);

    /// The socket's access token was renewed.
    fn renewed(&self, socket: SocketId, principal: Principal);

    /// Up to `limit` audit rows of the company with `seq > after`, ascending.
    fn events(&self, company: CompanyId, after: i64, limit: u64) -> Reply<Vec<AuditRow>>;
}

/// The figures of the live channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Origins whose pages may connect, each exactly as the browser sends it (`https://app.example.com`).
    pub origins: Vec<String>,
    /// How often the server pings.
    pub heartbeat: Duration,
    /// How long a client may be silent before it counts as gone.
    pub silence: Duration,
    /// Messages waiting for a socket before it counts as too slow.
    pub queue: usize,
    /// The longest replay in events; a longer one becomes a `resync`.
    pub replay: i64,
}

impl Default for Settings {
    fn default() -> Self {
        let (heartbeat, silence) = (Duration::from_secs(15), Duration::from_secs(60));
        Self { origins: Vec::new(), heartbeat, silence, queue: 256, replay: 10_000 }
    }
}

/// Everything a connection needs. Cloning shares it.
#[derive(Clone)]
pub struct Live {
    backend: Arc<dyn Backend>,
    world: World,
    settings: Arc<Settings>,
}

impl Live {
    /// The live channel over `backend`.
    pub fn new(backend: Arc<dyn Backend>, world: World, settings: Settings) -> Self {
        Self { backend, world, settings: Arc::new(settings) }
    }
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").field("settings", &self.settings).finish_non_exhaustive()
    }
}
