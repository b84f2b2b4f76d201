//! What a supervisor can be told. Commands are imperative, facts are in the past tense.

use std::{collections::HashSet, sync::Arc, time::Instant};

use actix::{Message, Recipient};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::{
    domain::{audit::AuditRow, code::Refusal, ids::SessionId, principal::Principal, session::Departure},
    store::RevocationRow,
    tenant::{
        Command, LaneKey, Place, Tenants,
        hub::{Attached, Push, SocketId},
    },
};

/// Perform a command in its lane.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct Order<C: Command> {
    pub(in crate::tenant) command: C,
    pub(in crate::tenant) place: Place,
    pub(in crate::tenant) tenants: Tenants,
    pub(in crate::tenant) permit: OwnedSemaphorePermit,
    pub(in crate::tenant) reply: oneshot::Sender<Result<C::Output, Refusal>>,
    /// The request it is done for.
    pub(in crate::tenant) span: tracing::Span,
    pub(in crate::tenant) sent: Instant,
}

/// Take a live socket in.
#[derive(Message)]
#[rtype(result = "Result<Attached, Refusal>")]
pub(in crate::tenant) struct Attach {
    pub(in crate::tenant) principal: Principal,
    pub(in crate::tenant) socket: Recipient<Push>,
    /// How far the company's log reaches in the database.
    pub(in crate::tenant) head: i64,
}

/// Say whether one more socket of this session and person may come.
#[derive(Message)]
#[rtype(result = "bool")]
pub(in crate::tenant) struct HasRoom(pub(in crate::tenant) Principal);

/// Say which sessions have a live socket here.
#[derive(Message)]
#[rtype(result = "HashSet<SessionId>")]
pub(in crate::tenant) struct WhoIsHere;

/// A live socket is gone.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct Detach {
    pub(in crate::tenant) socket: SocketId,
    /// Whether it was the client that closed.
    pub(in crate::tenant) answered: bool,
}

/// A live socket's access token was renewed.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct Renewed(pub(in crate::tenant) SocketId, pub(in crate::tenant) Principal);

/// Rows of the audit log got their numbers on this node.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct Sequenced {
    pub(in crate::tenant) rows: Vec<Arc<AuditRow>>,
}

/// Another node numbered rows up to here.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct HeadMoved(pub(in crate::tenant) i64);

/// A socket of an ended session has closed on another node.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct LeftElsewhere(pub(in crate::tenant) Departure);

/// Something was revoked: close the sockets it concerns and say how many that were.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct Revoke {
    pub(in crate::tenant) revocation: RevocationRow,
    pub(in crate::tenant) told: oneshot::Sender<usize>,
}

/// The running job of a lane has ended.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct LaneFreed(pub(super) LaneKey);

/// Rows the hub lacked came from the database, or could not be read.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Fetched(pub(super) Option<Vec<Arc<AuditRow>>>);

/// The node stops: let every live socket go.
#[derive(Message)]
#[rtype(result = "()")]
pub(in crate::tenant) struct ReleaseSockets;

/// Timer: put yourself away if idle.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct Sweep;

/// Timer: tell the sockets how far the log was pushed.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct TellHeads;

/// So many connected sessions were noted for the other nodes; none if that failed.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct PresenceNoted(pub(super) Option<usize>);

/// Timer: tell the sockets who is connected, if that changed.
#[derive(Message)]
#[rtype(result = "()")]
pub(super) struct TellPresence;
