//! Replacing and revoking the keys of services.

use std::time::Duration;

use serde_json::json;

use super::service_credentials::{IssuedCredential, Keeper, fresh_key, issued, told};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::Kind,
        ids::ServiceCredentialId,
        principal::Origin,
    },
    store::TenantTx,
    tenant::{Command, Place, Services, Tenants},
};

/// Replace a key; the old one works on for a while, so that the service can go over to the new one.
#[derive(Debug)]
pub struct RotateServiceCredential {
    /// Who does it.
    pub by: Keeper,
    /// Which one.
    pub credential: ServiceCredentialId,
    /// How long the old key works on.
    pub overlap: Duration,
    /// From where.
    pub origin: Origin,
}

/// Revoke a key. It opens nothing from the next request on, on every node.
#[derive(Debug)]
pub struct RevokeServiceCredential {
    /// Who does it.
    pub by: Keeper,
    /// Which one.
    pub credential: ServiceCredentialId,
    /// From where.
    pub origin: Origin,
}

impl Command for RotateServiceCredential {
    type Output = IssuedCredential;
    const NAME: &'static str = "rotate_service_credential";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.by.place())
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<IssuedCredential, Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let rotated =
            store.in_tenant(place.company, move |tx| Box::pin(async move { self.rotate(&services, tx).await }));
        Ok(rotated.await?.into_inner())
    }
}

impl RotateServiceCredential {
    async fn rotate(&self, services: &Services, tx: &TenantTx) -> Result<IssuedCredential, Refusal> {
        self.by.may(tx).await?;
        tx.service_credential(self.credential).await?.ok_or(Code::NotFound)?;
        let key = fresh_key(services, tx.company_id(), self.credential);
        let row = tx.rotate_service_credential(self.credential, key.hash(), self.overlap).await?;
        let row = row.ok_or(Code::CredentialEnded)?;
        let data = json!({ "name": row.name, "previous_until": told(row.previous_until) });
        tx.record(self.by.event(Kind::ServiceCredentialRotated, &self.origin, row.id).with(data)).await?;
        Ok(issued(row, &key))
    }
}

impl Command for RevokeServiceCredential {
    type Output = ();
    const NAME: &'static str = "revoke_service_credential";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.by.place())
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let revoked =
            tenants.store().in_tenant(place.company, move |tx| Box::pin(async move { self.revoke(tx).await }));
        revoked.await.map(|_| ())
    }
}

impl RevokeServiceCredential {
    async fn revoke(&self, tx: &TenantTx) -> Result<(), Refusal> {
        self.by.may(tx).await?;
        tx.service_credential(self.credential).await?.ok_or(Code::NotFound)?;
        let row = tx.revoke_service_credential(self.credential).await?.ok_or(Code::CredentialEnded)?;
        let data = json!({ "name": row.name, "scopes": row.scopes });
        Ok(tx.record(self.by.event(Kind::ServiceCredentialRevoked, &self.origin, row.id).with(data)).await?)
    }
}
