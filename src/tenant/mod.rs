//! Companies at work: one supervisor actor per company orders the commands of each account, admits no more than it can
//! carry, and keeps the company's live sockets. It never decides: every rule is a claim in the database, because a
//! second node may serve the same company at the same time.
//!
//! To add a command: a file in [`flows`] with its struct and [`Command`].

mod command;
mod directory;
mod door;
pub mod flows;
mod following;
pub mod hub;
mod live;
mod seat;
mod service_door;
mod services;
mod supervisor;

use std::sync::Arc;

pub use command::{Command, LaneKey, Place};
pub use directory::Directory;
pub use door::Door;
pub use following::{Following, Line, Places, Revoked};
pub use services::{Services, Settings};

use crate::{
    domain::{code::Refusal, ids::CompanyId},
    store::Store,
};

/// The companies of this node, as the doors of the house see them.
#[derive(Clone)]
pub struct Tenants {
    services: Arc<Services>,
    directory: Arc<Directory>,
}

impl Tenants {
    /// Everything commands need, and the directory that orders them.
    pub fn new(services: Arc<Services>, directory: Arc<Directory>) -> Self {
        Self { services, directory }
    }

    /// Performs a command in its account's lane and waits for the outcome. The work goes on when the caller goes away.
    ///
    /// # Errors
    /// What the command refuses; `too_many_requests` when the lane or the company is full; `unavailable` while the
    /// company's supervisor is out of order.
    pub async fn run<C: Command>(&self, command: C) -> Result<C::Output, Refusal> {
        let place = command.place(&self.services).await?;
        let place = if C::BY_TOKEN { self.found(place).await? } else { place };
        self.directory.order(self, place, command).await
    }

    /// Only a company that exists gets a supervisor: else a stranger with a list of made-up tokens could have this node
    /// start as many as they like. What is said to belong to no company is done where nobody is, and finds nothing there.
    async fn found(&self, place: Place) -> Result<Place, Refusal> {
        if self.directory.serves(place.company) {
            return Ok(place);
        }
        let company = self.store().in_tenant(place.company, |tx| Box::pin(tx.company())).await?;
        Ok(if company.is_some() { place } else { Place { company: CompanyId::NOBODY, ..place } })
    }

    /// The one check of access tokens that every door calls.
    pub fn door(&self) -> &Door {
        &self.services.door
    }

    /// Plain reads.
    pub fn store(&self) -> &Store {
        &self.services.store
    }

    /// How many companies have a supervisor on this node, for metrics.
    pub fn companies_served(&self) -> usize {
        self.directory.companies()
    }

    /// Permits in use, of all companies together, for metrics.
    pub fn permits_in_use(&self) -> usize {
        self.directory.permits_in_use()
    }

    /// What the hubs of this node have counted.
    pub fn hub_counters(&self) -> &Arc<hub::Counters> {
        self.directory.counters()
    }

    /// What flows work with.
    pub fn services(&self) -> &Arc<Services> {
        &self.services
    }

    pub(crate) fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }
}
