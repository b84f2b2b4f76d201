//! `POST /api/auth/mfa/enable`: the first code makes the waiting set-up count.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{
        auth::tokens::AccessBody,
        extract::{Caller, ClientOrigin, Json, Secret, Visit},
        problem::Problem,
    },
    tenant::{Tenants, flows::ConfirmEnrollment},
};

/// The first code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct EnableInput {
    /// What the authenticator shows now.
    code: Secret,
}

/// The second factor counts; this session goes on with `mfa` in its `amr`, all others ended.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EnableAnswer {
    /// For the day the phone is lost. Each works once.
    backup_codes: Vec<String>,
    /// The new access token; absent for `X-Voxgate-Client: web`.
    #[serde(flatten)]
    access: AccessBody,
}

/// Confirms the waiting set-up.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    visit: Visit,
    origin: ClientOrigin,
    Json(EnableInput { code }): Json<EnableInput>,
) -> Result<HttpResponse, Problem> {
    let done = tenants.run(ConfirmEnrollment { principal, code: code.0, origin: origin.0 }).await?;
    let access = AccessBody::new(visit.client, &done.access);
    let answer = EnableAnswer { backup_codes: done.backup_codes, access };
    Ok(visit.with_access(StatusCode::OK, &done.access)?.json(answer))
}
