//! Who is connected here, for this company's own sockets and for whoever asks another node.
//!
//! The other nodes read it from the database. It is written off the actor, at most once a second, and not at all while
//! no other node is there to ask; a company with a very large crowd is written less often.

use std::time::{Duration, Instant};

use actix::{AsyncContext, Context, Handler};

use super::{
    Supervisor,
    messages::{PresenceNoted, TellPresence},
};
use crate::domain::ids::SessionId;

/// From so many sessions on the note is written once in [`CROWDED_PAUSE`].
const CROWDED: usize = 1_000;
const CROWDED_PAUSE: Duration = Duration::from_secs(4);

/// What the other nodes were told of this company's sockets.
pub(super) struct Noting {
    /// It is not so any more.
    outdated: bool,
    /// A note is being written.
    busy: bool,
    /// Others may read of sockets here.
    written: bool,
    not_before: Option<Instant>,
}

impl Noting {
    /// Whether one before may have written something.
    pub(super) fn new(written: bool) -> Self {
        Self { outdated: written, busy: false, written, not_before: None }
    }

    /// What was written is not so any more.
    pub(super) fn outdate(&mut self) {
        self.outdated = true;
    }

    /// Whether there is something to be written still.
    pub(super) fn is_due(&self) -> bool {
        self.outdated || self.busy
    }

    /// Begins to write, if it is time to.
    fn begin(&mut self, now: Instant) -> bool {
        let may = self.outdated && !self.busy && self.not_before.is_none_or(|at| at <= now);
        if may {
            (self.outdated, self.busy, self.written) = (false, true, true);
        }
        may
    }

    fn done(&mut self, noted: Option<usize>) {
        self.busy = false;
        self.outdated |= noted.is_none();
        self.written = noted != Some(0);
    }
}

impl Supervisor {
    fn note_presence(&mut self, ctx: &mut Context<Self>) {
        let nodes = &self.services.nodes;
        if !self.noting.begin(Instant::now()) {
            return;
        }
        let mut sessions: Vec<SessionId> = self.hub.presence().into_iter().map(|present| present.session).collect();
        sessions.sort_unstable();
        sessions.dedup();
        self.noting.not_before = (sessions.len() >= CROWDED).then(|| Instant::now() + CROWDED_PAUSE);
        let (me, store, company, node) = (ctx.address(), self.services.store.clone(), self.company, nodes.id());
        let count = sessions.len();
        self.services.runtime.spawn(async move {
            let noted =
                store.in_tenant(company, move |tx| Box::pin(async move { tx.note_presence(node, &sessions).await }));
            let noted = noted.await.inspect_err(|error| tracing::debug!(%company, %error, "presence was not noted"));
            me.do_send(PresenceNoted(noted.is_ok().then_some(count)));
        });
    }
}

impl Handler<TellPresence> for Supervisor {
    type Result = ();

    fn handle(&mut self, _: TellPresence, ctx: &mut Context<Self>) {
        self.noting.outdated |= self.hub.tell_presence(self.services.world.now());
        self.tell_other_desks();
        let empty = self.hub.sockets() == 0;
        if self.services.nodes.has_others() || empty && self.noting.written {
            self.note_presence(ctx);
        } else if empty {
            // Nobody asks, and there is nothing to take back: no reason to stay for it.
            self.noting.outdated = false;
        }
    }
}

impl Handler<PresenceNoted> for Supervisor {
    type Result = ();

    fn handle(&mut self, PresenceNoted(noted): PresenceNoted, _: &mut Context<Self>) {
        self.noting.done(noted);
    }
}
