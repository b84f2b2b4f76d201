//! The life of a supervisor: its timers, and how it is put away without losing a message.

use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler};

use super::{
    Supervisor,
    messages::{Sweep, TellHeads, TellPresence},
};

/// The longest between two looks whether the supervisor is still needed.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
const HEADS_EVERY: Duration = Duration::from_secs(15);
const PRESENCE_EVERY: Duration = Duration::from_secs(1);

impl Actor for Supervisor {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Self::Context) {
        ctx.run_interval(SWEEP_EVERY.min(self.services.settings.idle_after), |_, ctx| ctx.notify(Sweep));
        ctx.run_interval(HEADS_EVERY, |_, ctx| ctx.notify(TellHeads));
        ctx.run_interval(PRESENCE_EVERY, |_, ctx| ctx.notify(TellPresence));
    }
}

impl Handler<Sweep> for Supervisor {
    type Result = ();

    /// Puts the supervisor away when nobody needs it; the directory knows whether a message is on its way.
    fn handle(&mut self, _: Sweep, ctx: &mut Self::Context) {
        let idle = self.is_idle(self.services.settings.idle_after);
        let directory = self.directory.upgrade();
        if !idle || directory.is_some_and(|directory| !directory.put_away(self.company, self.generation)) {
            return;
        }
        ctx.stop();
    }
}
