//! Ending one session: one's own, or, for an Admin, anybody's in the company.

use serde_json::json;

use super::revoke::{Ended, end_session};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        ids::{SessionId, UserId},
        principal::{Origin, Principal},
    },
    tenant::{Command, Place, Services, Tenants},
};

/// End one session.
#[derive(Debug)]
pub struct RevokeSession {
    /// The caller.
    pub principal: Principal,
    /// Whose session it is.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// From where.
    pub origin: Origin,
}

impl Command for RevokeSession {
    type Output = ();
    const NAME: &'static str = "revoke_session";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.principal.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let ended = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let session = tx.session(self.session).await?;
                let session = session.filter(|row| row.user == self.user && row.revoked_at.is_none());
                session.ok_or(Code::NotFound)?;
                let own = self.user == self.principal.user;
                let reason = if own { "logout" } else { "session_revoked" };
                let ended = end_session(&services, tx, self.session, reason).await?;
                if ended.sessions() == 0 {
                    return Err(Refusal::from(Code::NotFound));
                }
                let event = Event::new(Kind::SessionRevoked, &self.origin).by_principal(&self.principal);
                let event = event.about(Subject::user(self.user)).in_session(self.session);
                let data = json!({ "reason": reason, "scope": "session", "sessions_revoked": 1 });
                tx.record(event.with(data)).await?;
                Ok(ended)
            })
        });
        Ended::spread(ended.await?, &tenants).await;
        Ok(())
    }
}
