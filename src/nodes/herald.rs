//! The audience of this node's sequencer: its own sockets first, then a hint to the other nodes.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{
    bus::{Bus, Hint},
    domain::{audit::AuditRow, ids::CompanyId, session::Departure},
    store::RevocationRow,
    stream::Audience,
};

/// Passes everything on, and tells the bus how far logs reach.
pub struct Herald {
    here: Arc<dyn Audience>,
    bus: Bus,
}

impl Herald {
    /// A herald before `here`.
    pub fn new(here: Arc<dyn Audience>, bus: Bus) -> Self {
        Self { here, bus }
    }
}

impl Audience for Herald {
    fn sequenced(&self, company: CompanyId, rows: Vec<Arc<AuditRow>>) {
        let head = rows.last().map(|row| row.seq);
        self.here.sequenced(company, rows);
        if let Some(head) = head {
            self.bus.tell(Hint::Numbered { heads: vec![(company, head)] });
        }
    }

    fn revoked(&self, revocation: &RevocationRow) -> BoxFuture<'static, usize> {
        self.here.revoked(revocation)
    }

    fn listening(&self) -> Vec<(CompanyId, i64)> {
        self.here.listening()
    }

    fn head_moved(&self, company: CompanyId, head: i64) {
        self.here.head_moved(company, head);
    }

    fn left(&self, departure: &Departure) {
        self.here.left(departure);
    }
}
