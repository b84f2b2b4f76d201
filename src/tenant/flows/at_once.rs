//! Opening a session in one flight, where nothing about it is unusual. Everything else (a device that is new, one session
//! too many, an account that changed, a code that was spent) goes the long way through [`super::opening::open_session`].

use super::{
    devices,
    opening::{Opening, first_tokens, planned, refresh_token},
    views::SignedIn,
};
use crate::{
    domain::{
        code::Refusal,
        event::Event,
        ids::{CompanyId, FactorId},
    },
    store::AtOnce,
    tenant::Services,
};

/// What is spent and given back together with the opening.
pub(super) struct Spent {
    /// Challenge, factor and time step, where there was a second step.
    pub(super) second: Option<([u8; 32], FactorId, i64)>,
    /// The counter of the attempt that succeeded.
    pub(super) counter: [u8; 32],
}

/// Opens a session and records `event` about it. `None`: something is unusual, and nothing has happened.
pub(super) async fn open_at_once(
    services: &Services,
    company: CompanyId,
    opening: &Opening<'_>,
    spent: Spent,
    event: Event,
) -> Result<Option<SignedIn>, Refusal> {
    let session = planned(services, opening);
    let refresh = refresh_token(services, company, session.id);
    let new = AtOnce {
        refresh: refresh.hash(),
        refresh_lifetime: services.settings.refresh_lifetime,
        device: devices::mark(services, company, opening.user.id, opening.origin),
        second: spent.second,
        counter: spent.counter,
        session,
    };
    let Some(started) = services.store.open_session(company, &new, &event).await? else { return Ok(None) };
    first_tokens(services, company, opening.user, &new.session, &started, &refresh).map(Some)
}
