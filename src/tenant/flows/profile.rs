//! One's own profile.

use serde_json::json;

use super::views::UserView;
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        names,
        principal::{Origin, Principal},
    },
    tenant::{Command, Place, Services, Tenants},
};

/// Change one's own name.
#[derive(Debug)]
pub struct UpdateProfile {
    /// The caller.
    pub principal: Principal,
    /// The new name.
    pub full_name: String,
    /// From where.
    pub origin: Origin,
}

impl Command for UpdateProfile {
    type Output = UserView;
    const NAME: &'static str = "update_profile";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<UserView, Refusal> {
        let name = names::person_name(&self.full_name)?;
        let Self { principal, origin, .. } = self;
        let renamed = tenants.store().in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let before = tx.user(principal.user).await?.ok_or(Code::SessionRevoked)?;
                if before.full_name == name {
                    return Ok(before);
                }
                tx.rename_user(principal.user, &name).await?;
                let event = Event::new(Kind::UserUpdated, &origin).by_principal(&principal);
                let data = json!({ "before": { "full_name": before.full_name }, "after": { "full_name": name } });
                tx.record(event.about(Subject::user(principal.user)).with(data)).await?;
                tx.user(principal.user).await?.ok_or_else(|| Refusal::from(Code::SessionRevoked))
            })
        });
        Ok(renamed.await?.into_inner().into())
    }
}
