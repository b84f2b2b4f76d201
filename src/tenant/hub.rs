//! The live sockets of one company on this node. A plain struct inside the company's supervisor actor: it never waits,
//! never reads the database, and holds nothing that is not also in PostgreSQL.
//!
//! Promises: what a socket is sent after [`Hub::attach`] are all rows it may see with a `seq` above [`Attached::head`], in order, once;
//! rows of another company never pass. A socket whose queue is full is dropped aloud ([`Push::Evicted`]), never waited for.
//! When the hub itself goes (passivation, a panic in its actor, shutdown), its sockets are told to come again ([`Push::Restart`]).
//!
//! Rows come from this node's sequencer, or from the database when another node numbered them: wherever a method returns
//! a [`Gap`], the supervisor reads those rows and hands them to [`Hub::fetched`] (or calls [`Hub::fetch_failed`]).

use std::{
    collections::HashSet,
    sync::{Arc, atomic::Ordering},
};

use actix::Recipient;
use time::OffsetDateTime;

use crate::{
    domain::{
        audit::AuditRow,
        event::Event,
        ids::{CompanyId, UserId},
        principal::Principal,
        revocation::Scope,
        session::Departure,
    },
    store::RevocationRow,
    stream::{
        frame::{Frame, Numbered},
        visibility::may_see,
    },
};

mod crowd;
mod messages;
mod sockets;
#[cfg(test)]
mod tests;

pub use self::messages::{Attached, Counters, Foreign, Gap, NotAttached, Present, Push, SocketId};
use self::sockets::{Entry, Sockets};

/// Rows in one push. A burst must not fill a healthy socket's queue, a stalled one must not hold much memory.
const ROWS_PER_PUSH: usize = 64;

/// The hub of one company.
pub struct Hub {
    company: CompanyId,
    sockets: Sockets,
    /// The last row pushed; unknown while nobody listens.
    told: Option<i64>,
    /// The highest row known to exist.
    wanted: i64,
    fetching: bool,
    /// What other nodes are to be told.
    departed: Vec<Departure>,
}

impl Hub {
    /// The empty hub of `company`.
    pub fn new(company: CompanyId, counters: Arc<Counters>) -> Self {
        let (told, wanted) = (None, 0);
        Self { company, sockets: Sockets::new(counters), told, wanted, fetching: false, departed: Vec::new() }
    }

    /// How far the sockets were told; `None` while nobody listens, then [`Hub::attach`] needs the head from PostgreSQL.
    pub fn head(&self) -> Option<i64> {
        self.told
    }

    /// Adds a socket. `head` is how far the company's log reached when it was read, after the caller decided to attach; it counts
    /// only while the hub does not know by itself. The caller asks the door again after this, so that no
    /// revocation slips in between.
    pub fn attach(
        &mut self,
        principal: Principal,
        recipient: Recipient<Push>,
        head: i64,
        now: OffsetDateTime,
    ) -> Result<Attached, NotAttached> {
        if principal.company != self.company {
            return Err(self.foreign().into());
        }
        if !self.has_room(&principal) {
            return Err(NotAttached::Full);
        }
        let read = head;
        let head = *self.told.get_or_insert(read);
        self.wanted = self.wanted.max(head);
        let socket = self.sockets.add(Entry { principal, recipient, since: now });
        Ok(Attached { socket, head, log: self.wanted.max(read) })
    }

    /// Whether the session and the person may have one more socket here.
    pub fn has_room(&self, principal: &Principal) -> bool {
        self.sockets.has_room(principal)
    }

    /// Removes a socket that went by itself. Unknown ids are ignored: it may have been dropped before.
    pub fn detach(&mut self, socket: SocketId) {
        self.sockets.remove(socket);
        self.rest();
    }

    /// A socket's connection is gone: [`Hub::detach`], and if its session was ended, the stream hears that it has left. `answered`: the
    /// client closed its side, or its page is gone; otherwise the server cut it.
    pub fn closed(&mut self, socket: SocketId, answered: bool, now: OffsetDateTime) {
        self.detach(socket);
        if let Some((Principal { user, session, .. }, remaining)) = self.sockets.left(socket) {
            let departure = Departure { company: self.company, user, session, answered, remaining: remaining as u64 };
            self.departed.push(departure);
            self.left_elsewhere(&departure, now);
        }
    }

    /// A socket of an ended session has closed on another node.
    pub fn left_elsewhere(&mut self, departure: &Departure, now: OffsetDateTime) {
        let frame = Frame::left(now, departure);
        self.send(|principal| sees_stream(principal).then(|| Push::Own(frame.clone())));
    }

    /// The sockets of ended sessions that have closed here since this was asked last.
    pub fn departed(&mut self) -> Vec<Departure> {
        std::mem::take(&mut self.departed)
    }

    /// The socket's access token was renewed: later revocations are judged by the new epochs.
    pub fn renewed(&mut self, socket: SocketId, principal: Principal) -> Result<(), Foreign> {
        if principal.company != self.company {
            return Err(self.foreign());
        }
        if let Some(entry) = self.sockets.entry(socket) {
            entry.principal = principal;
        }
        Ok(())
    }

    /// Takes rows that were just numbered, in ascending order. Rows already pushed are skipped; rows after a hole wait in PostgreSQL
    /// until the hole is fetched.
    pub fn sequenced(&mut self, rows: &[Arc<AuditRow>]) -> Option<Gap> {
        if rows.iter().any(|row| row.company != self.company) {
            self.foreign();
            return None;
        }
        let last = rows.last()?.seq;
        let told = self.told?;
        self.wanted = self.wanted.max(last);
        let ready: Vec<_> = rows.iter().filter(|row| row.seq > told).cloned().collect();
        let contiguous = ready.iter().zip(told + 1..).take_while(|(row, seq)| row.seq == *seq).count();
        self.push_rows(&ready[..contiguous]);
        self.gap()
    }

    /// Another node numbered rows up to `head`.
    pub fn head_moved(&mut self, head: i64) -> Option<Gap> {
        self.wanted = self.wanted.max(head);
        self.gap()
    }

    /// The rows of the last [`Gap`], or a first part of them. Returns what is still missing.
    pub fn fetched(&mut self, rows: &[Arc<AuditRow>]) -> Option<Gap> {
        self.fetching = false;
        let before = self.told;
        let gap = self.sequenced(rows).or_else(|| self.gap());
        if self.told == before {
            // Nothing came of it: ask again with the next head, not in a circle.
            self.fetching = false;
            return None;
        }
        gap
    }

    /// The last [`Gap`] could not be read. It is asked for again with the next rows, head or [`Hub::heads`].
    pub fn fetch_failed(&mut self) {
        self.fetching = false;
    }

    /// Ends every socket the revocation concerns: each gets its own `session.revoked` and is removed. Returns how many. Safe to repeat.
    /// Where only the rights changed (4403) the session goes on: the client renews its token and attaches anew with what it
    /// may see now.
    pub fn revoked(&mut self, revocation: &RevocationRow, now: OffsetDateTime) -> usize {
        if revocation.company != self.company {
            self.foreign();
            return 0;
        }
        let scope = revocation.scope;
        let (code, reason) = match scope {
            Scope::Rights { .. } => (4403, "rights_changed"),
            _ => (4401, "revoked"),
        };
        let ended = self.sockets.end(|principal| concerned(principal, scope), code, reason, now);
        self.rest();
        ended
    }

    /// Tells every socket how far the log was pushed, every 15 s: it closes the tail for clients and finds dead sockets. Also asks again for
    /// rows that could not be read before.
    pub fn heads(&mut self) -> Option<Gap> {
        if let Some(seq) = self.told {
            self.send(|_| Some(Push::Head { seq }));
        }
        self.gap()
    }

    /// Lets go of sockets that vanished without a word, and tells the company's stream who is connected if that has changed since the
    /// last call (call about once a second). Answers whether it has.
    pub fn tell_presence(&mut self, now: OffsetDateTime) -> bool {
        self.sockets.drop_gone();
        for socket in self.sockets.vanished() {
            self.closed(socket, false, now);
        }
        self.rest();
        let changed = std::mem::take(&mut self.sockets.changed);
        if changed {
            let users: HashSet<UserId> = self.sockets.entries().map(|entry| entry.principal.user).collect();
            let frame = Frame::presence(now, users.len(), self.sockets.len());
            self.send(|principal| sees_stream(principal).then(|| Push::Own(frame.clone())));
        }
        changed
    }

    /// Who is connected to this node, in no order.
    pub fn presence(&self) -> Vec<Present> {
        let present = |entry: &Entry| {
            let Principal { user, session, .. } = entry.principal;
            Present { user, session, since: entry.since }
        };
        self.sockets.entries().map(present).collect()
    }

    /// How many sockets are attached.
    pub fn sockets(&self) -> usize {
        self.sockets.len()
    }

    fn push_rows(&mut self, rows: &[Arc<AuditRow>]) {
        for rows in rows.chunks(ROWS_PER_PUSH) {
            let whole: Arc<[Numbered]> = rows.iter().map(|row| Frame::event(row)).collect();
            self.send(|principal| {
                if sees_stream(principal) {
                    return Some(Push::Frames(Arc::clone(&whole)));
                }
                let visible = rows.iter().zip(whole.iter()).filter(|(row, _)| may_see(principal, row));
                let own: Arc<[Numbered]> = visible.map(|(_, numbered)| numbered.clone()).collect();
                (!own.is_empty()).then_some(Push::Frames(own))
            });
            // Nobody left to be told, nothing told.
            self.told = self.told.and(rows.last().map(|row| row.seq));
        }
    }

    fn send(&mut self, push: impl Fn(&Principal) -> Option<Push>) {
        self.sockets.send(push);
        self.rest();
    }

    /// When nobody is told any more, what was told says nothing about the log.
    fn rest(&mut self) {
        if self.sockets.len() == 0 {
            (self.told, self.wanted, self.fetching) = (None, 0, false);
        }
    }

    fn gap(&mut self) -> Option<Gap> {
        let after = self.told.filter(|told| *told < self.wanted && !self.fetching)?;
        self.fetching = true;
        Some(Gap { after, upto: self.wanted })
    }

    /// Counts something of another company that was brought here.
    pub fn foreign(&self) -> Foreign {
        self.sockets.counters.foreign.fetch_add(1, Ordering::Relaxed);
        tracing::error!(company = %self.company, "something of another company was brought to this hub and refused");
        Foreign
    }
}

fn sees_stream(principal: &Principal) -> bool {
    Event::stream_is_open_to(principal.role)
}

fn concerned(principal: &Principal, scope: Scope) -> bool {
    match scope {
        Scope::Session(session) => principal.session == session,
        Scope::User { id, min_epoch } | Scope::Rights { id, min_epoch } => {
            principal.user == id && principal.epoch < min_epoch
        }
        // The sessions go on; the door strips what the second factor gave them.
        Scope::Assurance { .. } => false,
        Scope::Company { min_epoch } => principal.company_epoch < min_epoch,
        Scope::Others { spared, min_epoch } => principal.session != spared && principal.company_epoch < min_epoch,
    }
}
