//! The life of a supervisor: its timers, and how it is put away without losing a message.

use std::time::Duration;

use actix::{Actor, ActorContext, AsyncContext, Context, Handler};
use tokio::sync::Semaphore;

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

    /// Puts the supervisor away when nobody needs it. Whoever sends a message holds a permit first, so taking all
    /// permits and closing the gate before leaving the directory proves that no message is on its way.
    fn handle(&mut self, _: Sweep, ctx: &mut Self::Context) {
        if !self.is_idle(self.services.settings.idle_after) {
            return;
        }
        let all = u32::try_from(super::super::directory::permits_of(self.company, &self.services.settings));
        let Ok(Ok(_all)) = all.map(|all| self.permits.try_acquire_many(all)) else { return };
        Semaphore::close(&self.permits);
        if let Some(directory) = self.directory.upgrade() {
            directory.put_away(self.company, self.generation);
        }
        ctx.stop();
    }
}
