//! Changing the company's name and policy. Where the change demands more, it is felt at once: a second factor demanded ends
//! every session that proved none, but for the Admin's own, which cannot be renewed before they have set one up; shorter
//! lives shorten the sessions that are alive.

use serde_json::{Map, Value, json};

use super::{
    revoke::{Ended, end_single_factor},
    views::CompanyView,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        company::{Change, Policy},
        event::{Event, Kind, Subject},
        principal::{Origin, Principal},
    },
    store::{CompanyRow, TenantTx},
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// Change name or policy.
#[derive(Debug)]
pub struct UpdateCompany {
    /// The Admin.
    pub principal: Principal,
    /// What is to be different.
    pub change: Change,
    /// From where.
    pub origin: Origin,
}

impl Command for UpdateCompany {
    type Output = CompanyView;
    const NAME: &'static str = "update_company";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let company = self.principal.company;
        Ok(Place { company, lane: LaneKey(company.0) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<CompanyView, Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let changed =
            store.in_tenant(place.company, move |tx| Box::pin(async move { self.change(&services, tx).await }));
        let (view, ended) = changed.await?.split();
        Ended::spread(ended, &tenants).await;
        Ok(view)
    }
}

impl UpdateCompany {
    async fn change(&self, services: &Services, tx: &TenantTx) -> Result<(CompanyView, Ended), Refusal> {
        tx.lock_company().await?;
        let before = tx.company().await?.ok_or(Code::NotFound)?;
        let (name, policy) = self.change.applied(&before.name, before.policy).map_err(Refusal::fields)?;
        let (was, is) = difference(&before, &name, &policy);
        if is.is_empty() {
            return Ok((before.into(), Ended::default()));
        }
        tx.update_company(&name, &policy).await?;
        if policy.session_absolute_seconds < before.policy.session_absolute_seconds {
            tx.shorten_sessions(policy.absolute()).await?;
        }
        if policy.password_history < before.policy.password_history {
            tx.trim_former_passwords(policy.password_history).await?;
        }
        let ended = match policy.mfa_required && !before.policy.mfa_required {
            true => end_single_factor(services, tx, self.principal.session).await?,
            false => Ended::default(),
        };
        self.record(tx, json!({ "before": was, "after": is }), ended.sessions()).await?;
        let after = tx.company().await?.ok_or(Code::NotFound)?;
        Ok((after.into(), ended))
    }

    async fn record(&self, tx: &TenantTx, data: Value, sessions: usize) -> Result<(), Refusal> {
        let by = |kind| {
            let event = Event::new(kind, &self.origin).by_principal(&self.principal);
            event.about(Subject::company(self.principal.company))
        };
        tx.record(by(Kind::CompanyUpdated).with(data)).await?;
        if sessions > 0 {
            let data = json!({ "reason": "mfa_required", "scope": "company", "sessions_revoked": sessions });
            tx.record(by(Kind::SessionRevoked).with(data)).await?;
        }
        Ok(())
    }
}

/// The fields that differ: as they were and as they are.
fn difference(before: &CompanyRow, name: &str, policy: &Policy) -> (Map<String, Value>, Map<String, Value>) {
    let fields = |name: &str, policy: &Policy| {
        let mut fields = match json!(policy) {
            Value::Object(fields) => fields,
            _ => Map::new(),
        };
        fields.insert("name".into(), json!(name));
        fields
    };
    let (old, new) = (fields(&before.name, &before.policy), fields(name, policy));
    let differing = |a: &Map<String, Value>, b: &Map<String, Value>| {
        let pairs = a.iter().filter(|(key, value)| b.get(*key) != Some(*value));
        pairs.map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    (differing(&old, &new), differing(&new, &old))
}
