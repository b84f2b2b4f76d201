//! The table of a hub's sockets: who they belong to, and how a push reaches them without anybody waiting.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::Ordering},
};

use actix::Recipient;
use time::OffsetDateTime;

use super::{Counters, Push, SocketId, crowd::Crowd};
use crate::{
    domain::{ids::SessionId, principal::Principal},
    stream::frame::Frame,
};

/// The close code of a session that is over.
const OVER: u16 = 4401;

/// One attached socket.
pub(super) struct Entry {
    pub(super) principal: Principal,
    pub(super) recipient: Recipient<Push>,
    pub(super) since: OffsetDateTime,
}

/// All sockets of one hub. Dropping the table tells them to come again.
pub(super) struct Sockets {
    table: HashMap<SocketId, Entry>,
    crowd: Crowd,
    /// Those that were told that their session is over, until they have closed.
    leaving: HashMap<SocketId, Entry>,
    /// Whether anybody came or went since it was last taken.
    pub(super) changed: bool,
    pub(super) counters: Arc<Counters>,
}

impl Sockets {
    pub(super) fn new(counters: Arc<Counters>) -> Self {
        Self { table: HashMap::new(), crowd: Crowd::default(), leaving: HashMap::new(), changed: false, counters }
    }

    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.table.values()
    }

    pub(super) fn entry(&mut self, socket: SocketId) -> Option<&mut Entry> {
        self.table.get_mut(&socket)
    }

    /// Whether one more socket of this session and person may come.
    pub(super) fn has_room(&self, principal: &Principal) -> bool {
        self.crowd.has_room(principal)
    }

    pub(super) fn add(&mut self, entry: Entry) -> SocketId {
        let socket = SocketId::next();
        self.crowd.came(&entry.principal);
        self.table.insert(socket, entry);
        self.counters.sockets.fetch_add(1, Ordering::Relaxed);
        self.changed = true;
        socket
    }

    pub(super) fn remove(&mut self, socket: SocketId) -> Option<Entry> {
        let entry = self.table.remove(&socket)?;
        self.crowd.went(&entry.principal);
        self.counters.sockets.fetch_sub(1, Ordering::Relaxed);
        self.changed = true;
        Some(entry)
    }

    /// Sends to every socket what `push` makes for it; drops the ones that are full or gone.
    pub(super) fn send(&mut self, push: impl Fn(&Principal) -> Option<Push>) {
        let lost = |entry: &Entry| push(&entry.principal).is_some_and(|push| entry.recipient.try_send(push).is_err());
        let lost: Vec<_> = self.table.iter().filter(|(_, entry)| lost(entry)).map(|(socket, _)| *socket).collect();
        for socket in lost {
            self.drop_lost(socket);
        }
    }

    /// Ends every socket of those `concerned`. Returns how many.
    pub(super) fn end(
        &mut self,
        concerned: impl Fn(&Principal) -> bool,
        code: u16,
        reason: &str,
        now: OffsetDateTime,
    ) -> usize {
        let ended = self.table.iter().filter(|(_, entry)| concerned(&entry.principal));
        let ended: Vec<_> = ended.map(|(socket, _)| *socket).collect();
        for socket in &ended {
            let Some(entry) = self.remove(*socket) else { continue };
            let frame = Frame::session_revoked(now, entry.principal.session, reason);
            // Beyond the queue's limit if need be: this must arrive, and it is the last.
            entry.recipient.do_send(Push::Revoked { frame, code });
            if code == OVER {
                self.leaving.insert(*socket, entry);
            }
        }
        self.counters.revoked.fetch_add(ended.len() as u64, Ordering::Relaxed);
        ended.len()
    }

    /// A socket of an ended session has closed: who it was of, and how many of the same session are still to close.
    pub(super) fn left(&mut self, socket: SocketId) -> Option<(Principal, usize)> {
        let Entry { principal, .. } = self.leaving.remove(&socket)?;
        let remaining = self.leaving_of(principal.session);
        Some((principal, remaining))
    }

    fn leaving_of(&self, session: SessionId) -> usize {
        self.leaving.values().filter(|entry| entry.principal.session == session).count()
    }

    /// Sockets of ended sessions whose connection has ended without a word.
    pub(super) fn vanished(&self) -> Vec<SocketId> {
        let vanished = self.leaving.iter().filter(|(_, entry)| !entry.recipient.connected());
        vanished.map(|(socket, _)| *socket).collect()
    }

    /// Removes sockets whose connection has ended without a word, for instance while they were being attached.
    pub(super) fn drop_gone(&mut self) {
        let gone = self.table.iter().filter(|(_, entry)| !entry.recipient.connected());
        for socket in gone.map(|(socket, _)| *socket).collect::<Vec<_>>() {
            self.remove(socket);
        }
    }

    fn drop_lost(&mut self, socket: SocketId) {
        let Some(Entry { principal, recipient, .. }) = self.remove(socket) else { return };
        if recipient.connected() {
            self.counters.evicted.fetch_add(1, Ordering::Relaxed);
            let (company, session) = (principal.company, principal.session);
            tracing::info!(%company, %session, "a live socket was too slow and is dropped");
            // The one message that may exceed the queue; it is the last this socket gets from here.
            recipient.do_send(Push::Evicted);
        }
    }
}

impl Drop for Sockets {
    fn drop(&mut self) {
        self.counters.sockets.fetch_sub(self.table.len() as u64, Ordering::Relaxed);
        for entry in self.table.values() {
            entry.recipient.do_send(Push::Restart);
        }
    }
}
