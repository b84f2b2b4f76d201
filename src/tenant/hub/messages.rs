//! What goes in and out of a hub: pushes, names, gaps, counters.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use actix::Message;
use time::OffsetDateTime;

use crate::{
    domain::ids::{SessionId, UserId},
    stream::frame::{Frame, Numbered},
};

/// One socket, unique in this process, whatever hub it was attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SocketId(u64);

impl SocketId {
    pub(super) fn next() -> Self {
        static LAST: AtomicU64 = AtomicU64::new(0);
        Self(LAST.fetch_add(1, Ordering::Relaxed))
    }
}

/// What a hub says to a socket.
#[derive(Clone, Debug)]
pub enum Push {
    /// Events in ascending `seq`.
    Frames(Arc<[Numbered]>),
    /// A frame that is no event of the log.
    Own(Frame),
    /// The session has ended: send the frame, then close with the code. The socket is detached already.
    Revoked {
        /// `session.revoked`.
        frame: Frame,
        /// 4401, or 4403 when the rights changed.
        code: u16,
    },
    /// Every event up to `seq` was pushed.
    Head {
        /// The last one.
        seq: i64,
    },
    /// The queue was full: say `resync` and close with 4429. The socket is detached already.
    Evicted,
    /// The hub goes away: close with 1012, the client comes again. The socket is detached already.
    Restart,
}

impl Message for Push {
    type Result = ();
}

/// A socket that was attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Its name in the hub.
    pub socket: SocketId,
    /// Events above this number will be pushed; up to it they are in the audit log.
    pub head: i64,
    /// How far the log reaches as far as this node knows: beyond `head` while the hub is behind it.
    pub log: i64,
}

/// Rows the hub lacks: `after < seq <= upto`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last row the hub has.
    pub after: i64,
    /// The last row it needs.
    pub upto: i64,
}

/// Somebody who is connected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Who.
    pub user: UserId,
    /// In which session.
    pub session: SessionId,
    /// Since when.
    pub since: OffsetDateTime,
}

/// A principal of another company was brought to this hub: a defect in the caller, counted and refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a socket or row of another company was brought to this company's hub")]
pub struct Foreign;

/// Why a socket was not taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAttached {
    /// It is of another company.
    #[error(transparent)]
    Foreign(#[from] Foreign),
    /// Its session or its person has as many sockets as one may have.
    #[error("this session or person has too many live sockets")]
    Full,
}

/// What hubs have counted since the process started; one for all hubs, for metrics.
#[derive(Debug, Default)]
pub struct Counters {
    /// Sockets dropped because their queue was full.
    pub evicted: AtomicU64,
    /// Principals, rows and revocations of another company, refused.
    pub foreign: AtomicU64,
    /// Sockets closed by a revocation.
    pub revoked: AtomicU64,
    /// Sockets attached now.
    pub sockets: AtomicU64,
}
