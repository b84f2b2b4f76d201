//! The door of services. Their keys are few and long-lived, so every request asks the database: a revoked key opens
//! nothing from the next request on, on every node. Without a database it stays shut.

use super::Tenants;
use crate::domain::{
    code::{Code, Refusal},
    ids::ServiceCredentialId,
    one_time::{OneTimeToken, Purpose},
    service::{Reach, ServiceCaller},
};

impl Tenants {
    /// The service behind a key. What the key may open is not judged here.
    ///
    /// # Errors
    /// `unauthenticated` for everything that is no living key; `unavailable` when the database does not answer.
    pub async fn admit_service(&self, key: &str) -> Result<ServiceCaller, Refusal> {
        let key = OneTimeToken::parse(key, Purpose::ServiceKey).ok_or(Code::Unauthenticated)?;
        self.living(ServiceCredentialId(key.holder), Reach::of_holder(key.company), key.hash()).await
    }

    /// Asks again whether an admitted service may stay.
    ///
    /// # Errors
    /// As [`Tenants::admit_service`].
    pub async fn recheck_service(&self, caller: &ServiceCaller) -> Result<(), Refusal> {
        let now = self.living(caller.id, caller.reach, caller.key).await?;
        if now.scopes == caller.scopes { Ok(()) } else { Err(Code::InsufficientScope.into()) }
    }

    async fn living(&self, id: ServiceCredentialId, reach: Reach, key: [u8; 32]) -> Result<ServiceCaller, Refusal> {
        let read = self.store().in_tenant(reach.holder(), move |tx| {
            Box::pin(async move { Ok::<_, Refusal>(tx.admit_service_key(id, key).await?) })
        });
        let scopes = read.await?.into_inner().ok_or(Code::Unauthenticated)?;
        Ok(ServiceCaller { id, reach, scopes, key })
    }
}
