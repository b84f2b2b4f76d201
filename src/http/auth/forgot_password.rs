//! `POST /api/auth/password/forgot`: mails a link to set a new password, and says nothing about whether there was anybody
//! to mail: the same status, the same body, and the answer at a fixed time after the question.

use std::time::Duration;

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{ClientOrigin, Json},
        problem::Problem,
    },
    tenant::{Tenants, flows::ForgotPassword},
};

/// When the question is answered: well after its work is done, so that the work's length does not show.
const ANSWERED_AFTER: Duration = Duration::from_millis(300);

/// Whose password was forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ForgotPasswordInput {
    /// The address.
    #[schema(example = "uma@techcorp.com")]
    email: String,
    /// The company's slug; without it the account last signed in to.
    #[schema(example = "techcorp")]
    company: Option<String>,
}

/// Takes the question.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    origin: ClientOrigin,
    Json(ForgotPasswordInput { email, company }): Json<ForgotPasswordInput>,
) -> Result<HttpResponse, Problem> {
    let answer_at = Instant::now() + ANSWERED_AFTER;
    let asked = tenants.run(ForgotPassword { email, company, origin: origin.0 }).await;
    sleep_until(answer_at).await;
    asked?;
    Ok(HttpResponse::Accepted().finish())
}
