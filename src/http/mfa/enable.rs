//! `POST /api/auth/mfa/enable`: the first code makes the waiting set-up count.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    http::{
        auth::tokens::{AccessBody, SignedInBody},
        extract::{ClientOrigin, EnrollingCaller, Json, Secret, Visit},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{ConfirmEnrollment, GoesOn},
    },
};

/// The first code.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct EnableInput {
    /// What the authenticator shows now.
    code: Secret,
}

/// The second factor counts, and all other sessions ended.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::http) enum EnableAnswer {
    /// For somebody who was signed in.
    GoesOn(GoesOnBody),
    /// For somebody whose sign-in waited for it.
    SignedIn(Box<EnrolledBody>),
}

/// The second factor counts; the sign-in that waited for it is finished.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct EnrolledBody {
    /// For the day the phone is lost. Each works once.
    backup_codes: Vec<String>,
    #[serde(flatten)]
    signed_in: SignedInBody,
}

/// The second factor counts; this session goes on with `mfa` in its `amr`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct GoesOnBody {
    /// For the day the phone is lost. Each works once.
    backup_codes: Vec<String>,
    /// The new access token; absent for `X-Voxgate-Client: web`.
    #[serde(flatten)]
    access: AccessBody,
}

/// Confirms the waiting set-up.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    EnrollingCaller(by): EnrollingCaller,
    visit: Visit,
    origin: ClientOrigin,
    Json(EnableInput { code }): Json<EnableInput>,
) -> Result<HttpResponse, Problem> {
    let (code, client) = (code.0, visit.client);
    let done = tenants.run(ConfirmEnrollment { by, code, client, origin: origin.0 }).await?;
    let backup_codes = done.backup_codes;
    match done.goes_on {
        GoesOn::Session(access) => {
            let answer = GoesOnBody { backup_codes, access: AccessBody::new(client, &access) };
            Ok(visit.with_access(StatusCode::OK, &access)?.json(EnableAnswer::GoesOn(answer)))
        }
        GoesOn::SignedIn(signed_in) => {
            let answer = EnrolledBody { backup_codes, signed_in: SignedInBody::new(client, &signed_in) };
            visit.signed_in(StatusCode::OK, &signed_in, EnableAnswer::SignedIn(Box::new(answer)))
        }
    }
}
