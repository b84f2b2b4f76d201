//! What a supervisor does with the messages about live sockets. Nothing here waits; rows that are lacking are read off
//! the actor.

use std::{sync::Arc, time::Instant};

use actix::{Addr, AsyncContext, Context, Handler, MessageResult};

use super::{
    Supervisor,
    messages::{
        Attach, Detach, Fetched, HasRoom, HeadMoved, LeftElsewhere, ReleaseSockets, Renewed, Revoke, Sequenced,
        TellHeads, WhoIsHere,
    },
};
use crate::{
    domain::code::{Code, Refusal},
    tenant::hub::{Attached, Gap, Hub, NotAttached},
};

/// Most rows read at once for a gap.
const PAGE: u64 = 1_000;

impl Supervisor {
    /// Reads rows that were numbered elsewhere; they come back as [`Fetched`].
    fn fetch(&self, gap: Option<Gap>, me: Addr<Self>) {
        let Some(Gap { after, .. }) = gap else { return };
        let (store, company) = (self.services.store.clone(), self.company);
        self.services.runtime.spawn(async move {
            let read = store.in_tenant(company, move |tx| Box::pin(tx.audit_since(after, PAGE)));
            let rows = read.await.map(|rows| rows.into_inner().into_iter().map(Arc::new).collect());
            // The next rows, head frame or poll asks again.
            let rows = rows.inspect_err(|error| tracing::warn!(%company, %error, "a gap in the stream was not read"));
            me.do_send(Fetched(rows.ok()));
        });
    }

    /// Tells the other nodes whose browsers have left here.
    pub(super) fn tell_other_desks(&mut self) {
        self.hub.departed().into_iter().for_each(|departure| self.services.nodes.left(departure));
    }

    /// Tells the directory what the sockets know.
    fn note_listeners(&self) {
        self.listening.note(self.hub.head());
    }
}

impl Handler<Attach> for Supervisor {
    type Result = Result<Attached, Refusal>;

    fn handle(&mut self, attach: Attach, _: &mut Context<Self>) -> Self::Result {
        let Attach { principal, socket, head } = attach;
        let attached = self.hub.attach(principal, socket, head, self.services.world.now());
        self.note_listeners();
        attached.map_err(|reason| match reason {
            NotAttached::Foreign(_) => Code::Internal.into(),
            NotAttached::Full => Code::TooManyRequests.into(),
        })
    }
}

impl Handler<HasRoom> for Supervisor {
    type Result = bool;

    fn handle(&mut self, HasRoom(principal): HasRoom, _: &mut Context<Self>) -> bool {
        self.hub.has_room(&principal)
    }
}

impl Handler<WhoIsHere> for Supervisor {
    type Result = MessageResult<WhoIsHere>;

    fn handle(&mut self, _: WhoIsHere, _: &mut Context<Self>) -> Self::Result {
        MessageResult(self.hub.presence().into_iter().map(|present| present.session).collect())
    }
}

impl Handler<Detach> for Supervisor {
    type Result = ();

    fn handle(&mut self, Detach { socket, answered }: Detach, _: &mut Context<Self>) {
        self.hub.closed(socket, answered, self.services.world.now());
        self.tell_other_desks();
        self.last_work = Instant::now();
        self.note_listeners();
    }
}

impl Handler<Renewed> for Supervisor {
    type Result = ();

    fn handle(&mut self, Renewed(socket, principal): Renewed, _: &mut Context<Self>) {
        if let Err(foreign) = self.hub.renewed(socket, principal) {
            tracing::error!(company = %self.company, %foreign, "a renewal was refused");
        }
    }
}

impl Handler<Sequenced> for Supervisor {
    type Result = ();

    fn handle(&mut self, Sequenced { rows }: Sequenced, ctx: &mut Context<Self>) {
        let gap = self.hub.sequenced(&rows);
        self.fetch(gap, ctx.address());
        self.note_listeners();
    }
}

impl Handler<HeadMoved> for Supervisor {
    type Result = ();

    fn handle(&mut self, HeadMoved(head): HeadMoved, ctx: &mut Context<Self>) {
        let gap = self.hub.head_moved(head);
        self.fetch(gap, ctx.address());
    }
}

impl Handler<LeftElsewhere> for Supervisor {
    type Result = ();

    fn handle(&mut self, LeftElsewhere(departure): LeftElsewhere, _: &mut Context<Self>) {
        self.hub.left_elsewhere(&departure, self.services.world.now());
    }
}

impl Handler<Fetched> for Supervisor {
    type Result = ();

    fn handle(&mut self, Fetched(rows): Fetched, ctx: &mut Context<Self>) {
        match rows {
            Some(rows) => {
                let gap = self.hub.fetched(&rows);
                self.fetch(gap, ctx.address());
            }
            None => self.hub.fetch_failed(),
        }
        self.note_listeners();
    }
}

impl Handler<Revoke> for Supervisor {
    type Result = ();

    fn handle(&mut self, Revoke { revocation, told }: Revoke, _: &mut Context<Self>) {
        let closed = self.hub.revoked(&revocation, self.services.world.now());
        self.note_listeners();
        // Not everybody waits for the number.
        let _ = told.send(closed);
    }
}

impl Handler<ReleaseSockets> for Supervisor {
    type Result = ();

    /// A hub that goes tells its sockets to come again.
    fn handle(&mut self, _: ReleaseSockets, _: &mut Context<Self>) {
        self.hub = Hub::new(self.company, Arc::clone(&self.counters));
        self.noting.outdate();
        self.note_listeners();
    }
}

impl Handler<TellHeads> for Supervisor {
    type Result = ();

    fn handle(&mut self, _: TellHeads, ctx: &mut Context<Self>) {
        let gap = self.hub.heads();
        self.fetch(gap, ctx.address());
    }
}
