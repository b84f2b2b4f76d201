//! Backup codes: eight at a time, sealed so that their owner can read them again after step-up, found by a keyed
//! digest so that spending one is one statement.

use serde_json::json;

use super::{
    second_factor::backup_digest,
    views::{BackupCodeView, BackupCodesView},
};
use crate::{
    crypto::seal::{Aad, Sealed},
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        factor::backup_code::{self, BackupCode},
        ids::UserId,
        principal::{Origin, Principal},
    },
    store::{BackupCodeRow, NewBackupCode, TenantTx},
    tenant::{Command, Place, Services, Tenants},
};

pub(super) const BACKUP_CODE: &str = "backup_code";

/// Read the backup codes again.
#[derive(Debug)]
pub struct ViewBackupCodes {
    /// The caller.
    pub principal: Principal,
    /// From where.
    pub origin: Origin,
}

/// Replace all backup codes by eight new ones.
#[derive(Debug)]
pub struct RegenerateBackupCodes {
    /// The caller.
    pub principal: Principal,
    /// From where.
    pub origin: Origin,
}

impl Command for ViewBackupCodes {
    type Output = BackupCodesView;
    const NAME: &'static str = "view_backup_codes";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<BackupCodesView, Refusal> {
        let services = tenants.services();
        let Self { principal, origin } = self;
        let caller = principal.clone();
        let rows = services.store.in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                enrolled(tx, caller.user).await?;
                let event = Event::new(Kind::BackupCodesViewed, &origin).by_principal(&caller);
                tx.record(event.about(Subject::user(caller.user))).await?;
                Ok::<_, Refusal>(tx.backup_codes(caller.user).await?)
            })
        });
        let rows = rows.await?.into_inner();
        let generated_at = rows.iter().map(|row| row.created_at).max();
        let codes = rows.iter().map(|row| opened(services, &principal, row)).collect::<Result<Vec<_>, _>>()?;
        let remaining = codes.iter().filter(|code| code.used_at.is_none()).count();
        Ok(BackupCodesView { codes, remaining, generated_at })
    }
}

impl Command for RegenerateBackupCodes {
    type Output = Vec<String>;
    const NAME: &'static str = "regenerate_backup_codes";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::of(&self.principal))
    }

    async fn perform(self, _: Place, tenants: Tenants) -> Result<Vec<String>, Refusal> {
        let services = tenants.services().clone();
        let Self { principal, origin } = self;
        let store = services.store.clone();
        let codes = store.in_tenant(principal.company, move |tx| {
            Box::pin(async move {
                // Looked at once the account is locked: a factor that is being removed takes the codes along.
                let codes = fresh_codes(&services, tx, principal.user).await?;
                enrolled(tx, principal.user).await?;
                let event = Event::new(Kind::BackupCodesRegenerated, &origin).by_principal(&principal);
                tx.record(event.about(Subject::user(principal.user)).with(json!({ "codes": backup_code::COUNT })))
                    .await?;
                Ok::<_, Refusal>(codes)
            })
        });
        Ok(codes.await?.into_inner())
    }
}

async fn enrolled(tx: &TenantTx, user: UserId) -> Result<(), Refusal> {
    let enrolled = tx.user(user).await?.is_some_and(|user| user.mfa_enabled);
    if enrolled { Ok(()) } else { Err(Code::MfaNotEnrolled.into()) }
}

fn opened(services: &Services, principal: &Principal, row: &BackupCodeRow) -> Result<BackupCodeView, Refusal> {
    let aad = Aad { company: principal.company, holder: principal.user.0, purpose: BACKUP_CODE };
    let code = services.sealer.open(&aad, &Sealed { key_id: row.key_id.clone(), bytes: row.sealed.clone() }).map_err(
        |error| {
            tracing::error!(company = %principal.company, %error, "a backup code cannot be opened");
            Refusal::from(Code::Internal)
        },
    )?;
    Ok(BackupCodeView { code: String::from_utf8_lossy(&code).into_owned(), used_at: row.used_at })
}

/// Makes eight codes and lets them take the place of all older ones.
pub(super) async fn fresh_codes(services: &Services, tx: &TenantTx, user: UserId) -> Result<Vec<String>, Refusal> {
    let aad = Aad { company: tx.company_id(), holder: user.0, purpose: BACKUP_CODE };
    let codes: Vec<BackupCode> = BackupCode::generate_set(&services.world);
    let rows: Vec<NewBackupCode> = codes
        .iter()
        .map(|code| {
            let digest = backup_digest(services, tx.company_id(), user, code);
            let Sealed { key_id, bytes: sealed } =
                services.sealer.seal(&services.world, &aad, code.expose().as_bytes());
            NewBackupCode { id: services.world.id(), digest, sealed, key_id }
        })
        .collect();
    tx.replace_backup_codes(user, &rows).await?;
    Ok(codes.iter().map(|code| code.expose().to_owned()).collect())
}
