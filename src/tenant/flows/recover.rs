//! A company after its database was brought back from a backup: what was issued or spent since the backup must not live
//! again. One transaction ends every session, voids every token that works once and every code of an authenticator shown
//! so far, and raises the company's epoch beyond all it ever had.

use serde_json::json;

use super::revoke::{Ended, end_company_at};
use crate::{
    domain::{
        code::Refusal,
        event::{Event, Kind, Severity, Subject},
        ids::CompanyId,
        principal::Origin,
    },
    store::TenantTx,
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// Void what was issued, as the operator of the installation.
#[derive(Debug)]
pub struct Recover {
    /// Which company.
    pub company: CompanyId,
    /// Whether backup codes are void too: some may have been used since the backup.
    pub backup_codes: bool,
}

impl Command for Recover {
    /// How many sessions were alive.
    type Output = usize;
    const NAME: &'static str = "recover";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place { company: self.company, lane: LaneKey(self.company.0) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<usize, Refusal> {
        let services = tenants.services().clone();
        Ended::by(place.company, &tenants, move |tx| Box::pin(async move { self.recover(&services, tx).await })).await
    }
}

impl Recover {
    async fn recover(&self, services: &Services, tx: &TenantTx) -> Result<Ended, Refusal> {
        tx.lock_company().await?;
        let epoch = tx.leap_company().await?;
        let ended = end_company_at(services, tx, epoch, "recovered").await?;
        let tokens = tx.spend_every_token().await?;
        tx.raise_every_watermark().await?;
        let codes = if self.backup_codes { tx.spend_every_backup_code().await? } else { 0 };
        let origin = Origin::of_command("voxgate recovered");
        let mut event = Event::new(Kind::SessionRevoked, &origin).about(Subject::company(tx.company_id()));
        event.severity = Severity::Warning;
        let data = json!({
            "reason": "recovered",
            "scope": "everyone",
            "by": "operator",
            "sessions_revoked": ended.sessions(),
            "tokens_voided": tokens,
            "backup_codes_voided": codes,
        });
        tx.record(event.with(data)).await?;
        Ok(ended)
    }
}
