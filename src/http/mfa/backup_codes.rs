//! `GET /api/auth/mfa/backup-codes`: one's backup codes, spent ones marked.

use actix_web::web::{Data, Json};

use crate::{
    http::{
        extract::{Caller, ClientOrigin},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{BackupCodesView, ViewBackupCodes},
    },
};

/// Shows the codes.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
) -> Result<Json<BackupCodesView>, Problem> {
    Ok(Json(tenants.run(ViewBackupCodes { principal, origin: origin.0 }).await?))
}
