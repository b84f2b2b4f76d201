//! What was committed, on its way to whoever listens: the numbered event stream and the feed of revocations.
//!
//! ```text
//! outbox ──sequencer──► audit_logs (seq, hash chain) ──► Audience ──► hubs ──► sockets
//!                        ▲ heads: rows another node numbered
//! revocations ──feed pull──► node-wide set (every door asks it) ──► Audience ──► sockets close
//! ```
//!
//! Three loops run on the work runtime ([`sequencer`], [`heads`], [`revocation`]); each can also be stepped by name,
//! which is what tests do. Nothing here is a guarantee by itself: the tables are, and every loop reads them again.
//! To add a consumer of the stream, implement [`Audience`] and hand it to the loops.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{
    domain::{audit::AuditRow, ids::CompanyId, session::Departure},
    store::RevocationRow,
};

pub mod frame;
pub mod heads;
pub mod revocation;
#[cfg(test)]
pub(crate) mod sample;
pub mod schema;
pub mod sequencer;
pub mod tireless;
pub mod visibility;

/// Who is told about committed events and revocations on this node: the directory of tenants.
///
/// Every method returns at once and may be called with what was told before; it must not wait for anybody.
pub trait Audience: Send + Sync {
    /// These rows of one company were numbered and committed, in ascending order of `seq`.
    fn sequenced(&self, company: CompanyId, rows: Vec<Arc<AuditRow>>);

    /// This revocation is committed. May come again for the same row. The answer comes when the sockets it concerns are
    /// told to close, and says how many; whether anybody waits for it changes nothing.
    fn revoked(&self, revocation: &RevocationRow) -> BoxFuture<'static, usize>;

    /// The companies with open sockets on this node, each with the last `seq` those sockets were told of.
    fn listening(&self) -> Vec<(CompanyId, i64)>;

    /// The company's log reaches to `head`, beyond what its sockets were told: another node numbered those rows.
    fn head_moved(&self, company: CompanyId, head: i64);

    /// A socket of an ended session has closed on another node.
    fn left(&self, departure: &Departure);
}
