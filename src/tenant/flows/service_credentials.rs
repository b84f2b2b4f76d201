//! Keys for services that verify tokens: who may make them, and how they are shown. The key itself is in one answer and
//! nowhere else; only its hash is kept.

use std::sync::Arc;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

use super::{
    case::standing,
    once::{self, Once},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        event::{Event, Kind, Subject},
        ids::{CompanyId, ServiceCredentialId},
        one_time::{OneTimeToken, Purpose},
        principal::{Origin, Principal, Role},
        service::{MOST_KEYS, Reach, Scope, Wish},
    },
    store::{ServiceCredentialRow, TenantTx},
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// Make a key.
#[derive(Debug)]
pub struct CreateServiceCredential {
    /// Who does it, and for whom.
    pub by: Keeper,
    /// What it is to be.
    pub wish: Wish,
    /// From where.
    pub origin: Origin,
    /// What makes it the same request when it is sent again.
    pub once: Option<Once>,
}

/// Who keeps the keys.
#[derive(Clone, Debug)]
pub enum Keeper {
    /// An Admin, those of their company.
    Admin(Box<Principal>),
    /// The operator of the installation, by the command line, those of one company or of the whole installation.
    Operator(Reach),
}

/// A key as it is listed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceCredentialView {
    /// Its id; opens nothing.
    pub id: ServiceCredentialId,
    /// What the service is called.
    #[schema(example = "Media edge")]
    pub name: String,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When its key was last replaced.
    #[serde(with = "time::serde::rfc3339::option")]
    pub rotated_at: Option<OffsetDateTime>,
    /// How long the key before the last rotation works.
    #[serde(with = "time::serde::rfc3339::option")]
    pub previous_until: Option<OffsetDateTime>,
    /// When it was last used, to within five minutes.
    #[serde(with = "time::serde::rfc3339::option")]
    pub last_used_at: Option<OffsetDateTime>,
    /// When it ends; `null` for never.
    #[serde(with = "time::serde::rfc3339::option")]
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked.
    #[serde(with = "time::serde::rfc3339::option")]
    pub revoked_at: Option<OffsetDateTime>,
}

impl From<ServiceCredentialRow> for ServiceCredentialView {
    fn from(row: ServiceCredentialRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            scopes: row.scopes,
            created_at: row.created_at,
            rotated_at: row.rotated_at,
            previous_until: row.previous_until,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// A key that was just made, shown this once.
#[derive(Debug, Serialize, Deserialize)]
pub struct IssuedCredential {
    /// How it is listed.
    pub credential: ServiceCredentialView,
    /// The key.
    #[serde(with = "once::secret")]
    pub secret: SecretString,
}

impl Keeper {
    pub(super) fn company(&self) -> CompanyId {
        match self {
            Self::Admin(principal) => principal.company,
            Self::Operator(reach) => reach.holder(),
        }
    }

    /// Where the keys of the company are kept in order.
    pub(super) fn place(&self) -> Place {
        let company = self.company();
        Place { company, lane: LaneKey(company.0) }
    }

    /// Whether they may, asked under the company's lock.
    pub(super) async fn may(&self, tx: &TenantTx) -> Result<(), Refusal> {
        match self {
            Self::Admin(principal) if standing(tx, principal).await?.role == Role::Admin => Ok(()),
            Self::Admin(_) => Err(Code::Forbidden.into()),
            Self::Operator(Reach::Installation) => Ok(()),
            Self::Operator(Reach::Company(_)) => {
                tx.lock_company().await?;
                tx.company().await?.map(|_| ()).ok_or_else(|| Code::NotFound.into())
            }
        }
    }

    /// What is to be recorded, as done by them.
    pub(super) fn event(&self, kind: Kind, origin: &Origin, id: ServiceCredentialId) -> Event {
        let event = Event::new(kind, origin).about(Subject::of("service_credential", id));
        match self {
            Self::Admin(principal) => event.by_principal(principal),
            Self::Operator(_) => event,
        }
    }
}

/// A fresh key of this credential.
pub(super) fn fresh_key(services: &Services, company: CompanyId, id: ServiceCredentialId) -> OneTimeToken {
    OneTimeToken::new(&services.world, Purpose::ServiceKey, company, id)
}

/// A key on its way to its one showing.
pub(super) fn issued(row: ServiceCredentialRow, key: &OneTimeToken) -> IssuedCredential {
    IssuedCredential { credential: row.into(), secret: key.expose().into() }
}

/// A time as events say it.
pub(super) fn told(at: Option<OffsetDateTime>) -> Option<String> {
    at.and_then(|at| at.format(&Rfc3339).ok())
}

impl Command for CreateServiceCredential {
    type Output = IssuedCredential;
    const NAME: &'static str = "create_service_credential";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(self.by.place())
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<IssuedCredential, Refusal> {
        let services = tenants.services().clone();
        if let Some(answer) = once::answered(&services, self.once.as_ref()).await? {
            return Ok(answer);
        }
        let store = services.store.clone();
        let made = store.in_tenant(place.company, move |tx| Box::pin(async move { self.make(&services, tx).await }));
        Ok(made.await?.into_inner())
    }
}

impl CreateServiceCredential {
    async fn make(&self, services: &Arc<Services>, tx: &TenantTx) -> Result<IssuedCredential, Refusal> {
        once::claim(services, tx, self.once.as_ref()).await?;
        self.by.may(tx).await?;
        if tx.count_service_credentials().await? >= MOST_KEYS {
            let message = format!("There are {MOST_KEYS} living keys already. Revoke one that is not needed.");
            let fields = vec![FieldError::new("", "too_many", message)];
            return Err(Refusal { fields, ..Code::Conflict.into() });
        }
        let id: ServiceCredentialId = services.world.id();
        let key = fresh_key(services, tx.company_id(), id);
        let row = tx.insert_service_credential(id, &self.wish, key.hash()).await?;
        let data = json!({ "name": row.name, "scopes": row.scopes, "expires_at": told(row.expires_at) });
        tx.record(self.by.event(Kind::ServiceCredentialCreated, &self.origin, id).with(data)).await?;
        let issued = issued(row, &key);
        once::keep(services, tx, self.once.as_ref(), &issued).await?;
        Ok(issued)
    }
}
