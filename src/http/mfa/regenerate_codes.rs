//! `POST /api/auth/mfa/backup-codes/regenerate`: new backup codes; all old ones are dead.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{Caller, ClientOrigin},
        problem::Problem,
    },
    tenant::{Tenants, flows::RegenerateBackupCodes},
};

/// The new codes.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct NewCodesAnswer {
    /// Each works once.
    backup_codes: Vec<String>,
}

/// Replaces the codes.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
) -> Result<Json<NewCodesAnswer>, Problem> {
    let backup_codes = tenants.run(RegenerateBackupCodes { principal, origin: origin.0 }).await?;
    Ok(Json(NewCodesAnswer { backup_codes }))
}
