//! Orders made for the stories: quick, waiting, panicking in their job, poisonous for the actor, writing.

use std::{
    sync::Arc,
    thread::{self, ThreadId},
};

use tokio::sync::Semaphore;
use voxgate::{
    domain::{
        code::Refusal,
        event::{Event, Kind},
        principal::Origin,
    },
    tenant::{Command, Place, Services, Tenants},
};

use crate::support::app::DEADLINE;

/// A gate that is shut until it is opened, and says how many have come to it.
#[derive(Clone)]
pub(super) struct Gate {
    open: Arc<Semaphore>,
    came: Arc<Semaphore>,
}

impl Gate {
    pub fn shut() -> Self {
        Self { open: Arc::new(Semaphore::new(0)), came: Arc::new(Semaphore::new(0)) }
    }

    /// Lets everybody through, now and later.
    pub fn open(&self) {
        self.open.add_permits(Semaphore::MAX_PERMITS / 2);
    }

    /// Waits until `count` have come to the gate.
    pub async fn reached_by(&self, count: u32) {
        let came = tokio::time::timeout(DEADLINE, self.came.acquire_many(count)).await;
        came.expect("somebody at the gate in time").unwrap().forget();
    }

    async fn pass(&self) {
        self.came.add_permits(1);
        self.open.acquire().await.unwrap().forget();
    }
}

/// Done at once.
pub(super) struct Quick(pub Place);

impl Command for Quick {
    type Output = ();
    const NAME: &'static str = "quick";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.0)
    }

    async fn perform(self, _: Place, _: Tenants) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Waits at a gate.
pub(super) struct Wait(pub Place, pub Gate);

impl Command for Wait {
    type Output = ();
    const NAME: &'static str = "wait";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.0)
    }

    async fn perform(self, _: Place, _: Tenants) -> Result<(), Refusal> {
        self.1.pass().await;
        Ok(())
    }
}

/// Panics while it is performed, outside the actor.
pub(super) struct Clumsy(pub Place);

impl Command for Clumsy {
    type Output = ();
    const NAME: &'static str = "clumsy";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.0)
    }

    async fn perform(self, _: Place, _: Tenants) -> Result<(), Refusal> {
        panic!("a defect in a command")
    }
}

/// Panics inside the actor: it wants the lane for itself, is turned away from a busy one, and cannot even be dropped.
pub(super) struct Poison {
    place: Place,
    home: ThreadId,
}

impl Poison {
    pub fn at(place: Place) -> Self {
        Self { place, home: thread::current().id() }
    }
}

impl Drop for Poison {
    fn drop(&mut self) {
        if thread::current().id() != self.home && !thread::panicking() {
            panic!("a defect in a message");
        }
    }
}

impl Command for Poison {
    type Output = ();
    const NAME: &'static str = "poison";
    const DEPTH: usize = 1;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.place)
    }

    async fn perform(self, _: Place, _: Tenants) -> Result<(), Refusal> {
        panic!("the lane was to be busy")
    }
}

/// Waits at a gate, then commits one event and says so at another.
pub(super) struct Write {
    pub place: Place,
    pub gate: Gate,
    pub written: Gate,
}

impl Command for Write {
    type Output = ();
    const NAME: &'static str = "write";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.place)
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        self.gate.pass().await;
        let event = Event::new(Kind::UserUpdated, &Origin::default());
        tenants.store().record_alone(place.company, event).await?;
        self.written.pass().await;
        Ok(())
    }
}
