//! Hints that wait together are sent together: one message instead of many, revocations first.

use std::collections::BTreeMap;

use super::Hint;
use crate::domain::{
    ids::{CompanyId, RevocationId},
    session::Departure,
};

/// Names in one message. PostgreSQL carries at most 8,000 bytes, and a name with its number needs about 65.
const MOST: usize = 100;

/// What waits.
#[derive(Default)]
pub(super) struct Batch {
    beat: bool,
    revoked: Option<Vec<RevocationId>>,
    applied: Vec<(RevocationId, u64)>,
    heads: BTreeMap<CompanyId, i64>,
    left: Vec<Departure>,
}

impl Batch {
    /// Adds one.
    pub(super) fn add(&mut self, hint: Hint) {
        match hint {
            Hint::Beat => self.beat = true,
            Hint::Revoked { acts } => self.revoked.get_or_insert_default().extend(acts),
            Hint::Applied { acts } => self.applied.extend(acts),
            Hint::Left { sockets } => self.left.extend(sockets),
            Hint::Numbered { heads } => {
                for (company, head) in heads {
                    let known = self.heads.entry(company).or_insert(head);
                    *known = head.max(*known);
                }
            }
        }
    }

    /// The messages to be sent, the urgent ones first.
    pub(super) fn into_hints(self) -> Vec<Hint> {
        let Self { beat, revoked, applied, heads, left } = self;
        let mut hints = Vec::new();
        if let Some(acts) = revoked {
            match acts.is_empty() {
                true => hints.push(Hint::Revoked { acts }),
                false => hints.extend(acts.chunks(MOST).map(|acts| Hint::Revoked { acts: acts.to_vec() })),
            }
        }
        hints.extend(applied.chunks(MOST).map(|acts| Hint::Applied { acts: acts.to_vec() }));
        // A departure is twice as long as another name.
        hints.extend(left.chunks(MOST / 2).map(|sockets| Hint::Left { sockets: sockets.to_vec() }));
        let heads: Vec<_> = heads.into_iter().collect();
        hints.extend(heads.chunks(MOST).map(|heads| Hint::Numbered { heads: heads.to_vec() }));
        hints.extend(beat.then_some(Hint::Beat));
        hints
    }
}
