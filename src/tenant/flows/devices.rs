//! Devices people sign in from: known ones have a counter of guesses for themselves, new ones are told.

use serde_json::json;

use super::letters;
use crate::{
    domain::{
        code::Refusal,
        device::DeviceMark,
        event::{Event, Kind, Subject},
        ids::{CompanyId, SessionId, UserId},
        principal::Origin,
        session::device_label,
    },
    store::{TenantTx, UserRow},
    tenant::Services,
};

/// What a device of an account is stored as: keyed, and bound to company and account, so that nobody can tell from the
/// table that two accounts share one.
fn keyed(services: &Services, company: CompanyId, user: UserId, mark: &DeviceMark) -> [u8; 32] {
    services.pepper.digest("device", &[company.0.as_bytes(), user.0.as_bytes(), mark.as_bytes()])
}

/// What the origin's device is stored as for this account, if the client has a mark at all.
pub(super) fn mark(services: &Services, company: CompanyId, user: UserId, origin: &Origin) -> Option<[u8; 32]> {
    origin.device.as_ref().map(|mark| keyed(services, company, user, mark))
}

/// The origin's device, if the account has finished a sign-in on it before. Asked for unknown accounts too, so that it
/// takes the same time.
pub(super) async fn known(
    services: &Services,
    tx: &TenantTx,
    user: Option<UserId>,
    origin: &Origin,
) -> Result<Option<[u8; 32]>, Refusal> {
    let Some(mark) = &origin.device else { return Ok(None) };
    let user = user.unwrap_or(UserId(uuid::Uuid::nil()));
    let device = keyed(services, tx.company_id(), user, mark);
    Ok(tx.knows_device(user, device).await?.then_some(device))
}

/// Notes the device of a finished sign-in. One not seen before is told to the person, to the desk, in the lists of
/// sessions and in the audit log;
/// the account's very first sign-in is no news.
pub(super) async fn note(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    session: SessionId,
    origin: &Origin,
) -> Result<(), Refusal> {
    let Some(mark) = &origin.device else { return Ok(()) };
    let new = tx.note_device(user.id, keyed(services, tx.company_id(), user.id, mark)).await?;
    if !new || user.last_login_at.is_none() {
        return Ok(());
    }
    tx.mark_new_device(session).await?;
    let event = Event::new(Kind::LoginNewDevice, origin).by(user.id).about(Subject::user(user.id));
    let data = json!({ "device": device_label(origin.user_agent.as_deref()) });
    tx.record(event.in_session(session).with(data)).await?;
    letters::new_device(services, tx, user, origin).await
}
