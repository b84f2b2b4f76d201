//! What a supervisor does with commands. Nothing here waits.

use std::{panic::AssertUnwindSafe, time::Instant};

use actix::{Addr, AsyncContext, Context, Handler};
use futures_util::FutureExt;
use tracing::Instrument;

use super::{
    Supervisor,
    lane::Job,
    messages::{LaneFreed, Order},
};
use crate::{
    domain::code::Code,
    signals::meter,
    tenant::{Command, LaneKey},
};

impl<C: Command> Handler<Order<C>> for Supervisor {
    type Result = ();

    fn handle(&mut self, order: Order<C>, ctx: &mut Context<Self>) {
        if order.place.company != self.company {
            // Cannot happen while the directory is right; if it ever is not, no company acts for another.
            self.hub.foreign();
            tracing::error!(command = C::NAME, "a command reached the supervisor of another company");
            let _ = order.reply.send(Err(Code::Internal.into()));
            return;
        }
        self.last_work = Instant::now();
        meter::mailbox_waited(self.last_work.saturating_duration_since(order.sent));
        let lane = order.place.lane;
        if !self.lanes.has_room(lane, C::DEPTH) {
            meter::lane_full();
            let _ = order.reply.send(Err(Code::TooManyRequests.into()));
        } else if let Some(job) = self.lanes.admit(lane, job_of(order)) {
            self.run(lane, job, ctx.address());
        }
    }
}

/// Wraps a command so that it answers its caller, whatever becomes of it.
fn job_of<C: Command>(order: Order<C>) -> Job {
    let Order { command, place, tenants, permit, reply, span, .. } = order;
    let counted = meter::InLane::begin();
    let work = async move {
        let outcome = AssertUnwindSafe(command.perform(place, tenants)).catch_unwind().await;
        let outcome = outcome.unwrap_or_else(|_| {
            tracing::error!(command = C::NAME, "a command panicked");
            Err(Code::Internal.into())
        });
        drop(permit);
        // The caller may be gone; the outcome is in the database all the same.
        let _ = reply.send(outcome);
        drop(counted);
    };
    Box::pin(work.instrument(span))
}

impl Supervisor {
    fn run(&self, lane: LaneKey, job: Job, me: Addr<Self>) {
        self.services.runtime.spawn(async move {
            job.await;
            me.do_send(LaneFreed(lane));
        });
    }
}

impl Handler<LaneFreed> for Supervisor {
    type Result = ();

    fn handle(&mut self, LaneFreed(lane): LaneFreed, ctx: &mut Context<Self>) {
        if let Some(job) = self.lanes.next(lane) {
            self.run(lane, job, ctx.address());
        }
    }
}
