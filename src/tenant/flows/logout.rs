//! Signing out: here, everywhere else, or everywhere.

use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::revoke::{Ended, end_account, end_session, end_sessions};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        one_time::Purpose,
        principal::{Enroller, Origin, Principal},
    },
    store::{Bump, TenantTx},
    tenant::{Command, Place, Services, Tenants},
};

/// Which of one's own sessions end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogoutScope {
    /// The caller's session.
    #[default]
    This,
    /// All but the caller's.
    Others,
    /// All.
    All,
}

/// Sign out.
#[derive(Debug)]
pub struct Logout {
    /// The caller. Whose sign-in waits for a demanded second factor has nothing but that to give up.
    pub by: Enroller,
    /// Which sessions.
    pub scope: LogoutScope,
    /// From where.
    pub origin: Origin,
}

impl Command for Logout {
    type Output = ();
    const NAME: &'static str = "logout";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.by.company(), self.by.user()))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let ended = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let principal = match &self.by {
                    Enroller::SignedIn(principal) => principal,
                    Enroller::Waiting(enrollee) => {
                        tx.claim_use(&enrollee.token, Purpose::Enrollment).await?.ok_or(Code::Unauthenticated)?;
                        return Ok(Ended::default());
                    }
                };
                let ended = self.end(&services, tx, principal).await?;
                if ended.sessions() > 0 {
                    let event = Event::new(Kind::SessionRevoked, &self.origin).by_principal(principal);
                    let event = event.about(Subject::user(principal.user));
                    let data = json!({ "reason": "logout", "scope": self.scope, "sessions_revoked": ended.sessions() });
                    tx.record(event.with(data)).await?;
                }
                Ok::<_, Refusal>(ended)
            })
        });
        Ended::spread(ended.await?, &tenants).await;
        Ok(())
    }
}

impl Logout {
    async fn end(&self, services: &Services, tx: &TenantTx, by: &Principal) -> Result<Ended, Refusal> {
        let Principal { user, session, .. } = *by;
        let bump = |tokens| async move {
            let bump = Bump { tokens, credentials: true };
            tx.bump_user(user, bump).await?.ok_or_else(|| Refusal::from(Code::SessionRevoked))
        };
        match self.scope {
            LogoutScope::This => end_session(services, tx, session, "logout").await,
            LogoutScope::Others => {
                bump(false).await?;
                end_sessions(services, tx, user, Some(session), "logout").await
            }
            LogoutScope::All => {
                let epochs = bump(true).await?;
                end_account(services, tx, user, epochs.auth_epoch, "logout").await
            }
        }
    }
}
