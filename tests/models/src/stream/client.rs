//! The client of the stream, which knows only what it was sent.

use super::HIDDEN;

/// What the client has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Client {
    /// The number it goes on after.
    pub(super) since: Option<i64>,
    /// Everything it may see up to here came as an event, or stood in the lists it read.
    pub(super) covered: i64,
    /// An event came twice, or out of order.
    pub(super) doubled: bool,
    /// An event was left out, and nothing said so.
    pub(super) hole: bool,
    /// It was told to read the lists.
    pub(super) resyncs: u8,
}

impl Client {
    pub(super) fn since(&self) -> Option<i64> {
        self.since
    }

    pub(super) fn event(&mut self, seq: i64) {
        self.doubled |= seq <= self.covered;
        self.hole |= (self.covered + 1..seq).any(|seq| seq != HIDDEN);
        self.told(seq);
    }

    pub(super) fn head(&mut self, seq: i64) {
        self.hole |= (self.covered + 1..=seq).any(|seq| seq != HIDDEN);
        self.told(seq);
    }

    pub(super) fn told(&mut self, seq: i64) {
        self.covered = self.covered.max(seq);
        self.since = self.since.max(Some(seq));
    }

    /// The lists are read again: they hold what the log held then, which is at least everything up to `seq`.
    pub(super) fn resync(&mut self, seq: i64) {
        self.resyncs = (self.resyncs + 1).min(2);
        self.told(seq);
    }
}
