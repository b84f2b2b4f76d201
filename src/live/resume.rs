//! How a connection joins what was (the audit log) and what comes (the hub's pushes) without hole or double. Pure.
//!
//! ```text
//! Waiting ──start──► Replaying(cursor … upto) ──last page──► Live
//!    │ pushes are held        │ pushes are held                │ pushes go out above the cursor
//!    └────────── nothing to replay ─────────────────────────►──┘
//! ```
//!
//! The hub promises every row above the head it attached us at; replay brings the rows from `since` to that head. What cannot be
//! replayed (too long, too old, too much held meanwhile) becomes one `resync`, and the stream goes on after it.

use crate::stream::frame::Numbered;

/// Why a client must read the lists again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resync {
    /// The rows asked for are not there (any more), or the client is ahead of this log.
    Gap,
    /// There are more rows than a replay may have, or more came during it than may be held.
    TooLong,
}

impl Resync {
    /// The reason in the `resync` frame.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Gap => "gap",
            Self::TooLong => "too_long",
        }
    }
}

/// What goes out after a step: first the `resync`, if any, then the events.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Out {
    /// The client must read the lists again.
    pub resync: Option<Resync>,
    /// Events, ascending.
    pub events: Vec<Numbered>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    Waiting,
    Replaying { upto: i64 },
    Live,
}

/// The state of one connection's stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Resume {
    phase: Phase,
    /// Everything up to here was sent, was not visible, or is covered by a `resync`.
    cursor: i64,
    held: Vec<Numbered>,
    limit: i64,
}

impl Resume {
    /// A connection that is not attached yet. `limit`: the longest replay, and the most pushes held during it, in events.
    pub fn new(limit: i64) -> Self {
        Self { phase: Phase::Waiting, cursor: 0, held: Vec::new(), limit }
    }

    /// The hub will push everything above `head`; the client has everything up to `since`, or wants no replay. The log
    /// reaches up to `log`: a client that comes from another node may be ahead of this node's hub, and needs nothing
    /// again that it has.
    pub fn start(&mut self, since: Option<i64>, head: i64, log: i64) -> Out {
        let since = since.unwrap_or(head);
        match head - since {
            ..0 if since <= log => self.go_live(since, None),
            0 => self.go_live(head, None),
            1.. if head - since <= self.limit => {
                (self.cursor, self.phase) = (since, Phase::Replaying { upto: head });
                Out::default()
            }
            1.. => self.go_live(head, Some(Resync::TooLong)),
            _ => self.go_live(head, Some(Resync::Gap)),
        }
    }

    /// What to read next: rows `after < seq <= upto`. `None` when nothing is to be replayed.
    pub fn wanted(&self) -> Option<(i64, i64)> {
        match self.phase {
            Phase::Replaying { upto } => Some((self.cursor, upto)),
            Phase::Waiting | Phase::Live => None,
        }
    }

    /// A page was read: `seqs` are the numbers of all its rows, `visible` the events among them this client may see.
    pub fn replayed(&mut self, seqs: &[i64], visible: Vec<Numbered>) -> Out {
        let Phase::Replaying { upto } = self.phase else { return Out::default() };
        let whole = !seqs.is_empty() && seqs.iter().zip(self.cursor + 1..).all(|(seq, expected)| *seq == expected);
        if !whole {
            return self.go_live(upto, Some(Resync::Gap));
        }
        let read_to = seqs.last().copied().unwrap_or(self.cursor).min(upto);
        let mut events: Vec<_> = visible.into_iter().filter(|event| event.seq <= read_to).collect();
        self.cursor = read_to;
        if read_to == upto {
            events.extend(self.go_live(upto, None).events);
        }
        Out { resync: None, events }
    }

    /// The hub pushed events.
    pub fn pushed(&mut self, events: &[Numbered]) -> Out {
        if self.phase == Phase::Live {
            return Out { resync: None, events: self.above_cursor(events.iter().cloned()) };
        }
        self.held.extend_from_slice(events);
        let held = i64::try_from(self.held.len()).unwrap_or(i64::MAX);
        match self.held.last() {
            Some(last) if held > self.limit && self.phase != Phase::Waiting => {
                let head = last.seq;
                self.go_live(head, Some(Resync::TooLong))
            }
            _ => Out::default(),
        }
    }

    /// The hub says that everything up to `seq` was pushed. Returns what the client may be told.
    pub fn head(&mut self, seq: i64) -> Option<i64> {
        if self.phase != Phase::Live {
            return None;
        }
        self.cursor = self.cursor.max(seq);
        Some(self.cursor)
    }

    /// How far this client is.
    pub fn cursor(&self) -> i64 {
        self.cursor
    }

    fn go_live(&mut self, cursor: i64, resync: Option<Resync>) -> Out {
        (self.phase, self.cursor) = (Phase::Live, cursor);
        let held = std::mem::take(&mut self.held);
        Out { resync, events: self.above_cursor(held) }
    }

    fn above_cursor(&mut self, events: impl IntoIterator<Item = Numbered>) -> Vec<Numbered> {
        let mut fresh = Vec::new();
        for event in events {
            if event.seq > self.cursor {
                self.cursor = event.seq;
                fresh.push(event);
            }
        }
        fresh
    }
}
