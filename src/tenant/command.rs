//! What a command is, and where it is performed.

use std::future::Future;

use uuid::Uuid;

use super::{Services, Tenants};
use crate::domain::{
    code::Refusal,
    ids::{CompanyId, UserId},
    principal::Principal,
};

/// Names one lane of a company: commands of one lane run one after the other. Usually an account's id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneKey(pub Uuid);

/// Where a command is performed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The company whose supervisor orders it.
    pub company: CompanyId,
    /// The lane within it.
    pub lane: LaneKey,
}

impl Place {
    /// The lane of an account.
    pub fn account(company: CompanyId, user: UserId) -> Self {
        Self { company, lane: LaneKey(user.0) }
    }

    /// The lane of the caller's own account.
    pub fn of(principal: &Principal) -> Self {
        Self::account(principal.company, principal.user)
    }
}

/// One thing a company can be asked to do. Imperative: `BeginLogin`, `ForceLogout`.
pub trait Command: Send + Sized + 'static {
    /// What it answers.
    type Output: Send + 'static;

    /// Its name in logs and metrics.
    const NAME: &'static str;

    /// How many commands may stand in the lane before this one is turned away.
    const DEPTH: usize = 8;

    /// Whether its company is only what an opaque token says, which anybody can write. Such a company must be found in
    /// the database before it gets a supervisor.
    const BY_TOKEN: bool = false;

    /// Finds the company and lane; may look an address up, changes nothing.
    fn place(&self, services: &Services) -> impl Future<Output = Result<Place, Refusal>> + Send;

    /// Does it. Runs outside the actor, on the work runtime, while the lane waits.
    fn perform(self, place: Place, tenants: Tenants) -> impl Future<Output = Result<Self::Output, Refusal>> + Send;
}
