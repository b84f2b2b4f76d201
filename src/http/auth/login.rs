//! `POST /api/auth/login`: address and password.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tokens::SignedInBody;
use crate::{
    http::{
        extract::{ClientOrigin, Json, Secret, Visit},
        problem::Problem,
    },
    signals::meter,
    tenant::{
        Tenants,
        flows::{BeginLogin, LoginStep, Waiting},
    },
};

/// Address and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct LoginInput {
    /// The address.
    #[schema(example = "admin@techcorp.com")]
    email: String,
    /// The password.
    password: Secret,
    /// The company's slug; without it the account last signed in to is tried.
    #[schema(example = "techcorp")]
    company: Option<String>,
}

/// How the sign-in goes on.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::http) enum LoginAnswer {
    /// In.
    Authenticated(Box<SignedInBody>),
    /// A second factor is asked, or has to be set up first.
    Waiting(WaitingBody),
}

/// The sign-in waits for its second step.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct WaitingBody {
    /// `mfa_required`: answer at `/api/auth/verify-mfa`. `mfa_enrollment_required`: the company demands a second factor;
    /// set one up at `/api/auth/mfa/setup` and `/api/auth/mfa/enable` with `mfa_token` as the bearer token, which opens
    /// nothing else (but logout). Enabling finishes the sign-in.
    status: &'static str,
    /// Names this sign-in in the next step.
    mfa_token: String,
    /// What can be answered or set up: `totp`, `backup_code`.
    methods: Vec<String>,
    /// How long the sign-in waits.
    expires_in_seconds: u64,
}

/// Begins a sign-in.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    visit: Visit,
    origin: ClientOrigin,
    Json(LoginInput { email, password, company }): Json<LoginInput>,
) -> Result<HttpResponse, Problem> {
    let login = BeginLogin { email, password: password.0, company, client: visit.client, origin: origin.0 };
    let step = tenants.run(login).await;
    meter::sign_in("password", step.as_ref().map_or_else(|refusal| refusal.code.as_str(), LoginStep::name));
    answer(&visit, StatusCode::OK, step?)
}

/// How a sign-in goes on, as its client takes it.
pub(in crate::http) fn answer(visit: &Visit, status: StatusCode, step: LoginStep) -> Result<HttpResponse, Problem> {
    let name = step.name();
    let waiting = match step {
        LoginStep::Authenticated(signed_in) => {
            let body = Box::new(SignedInBody::new(visit.client, &signed_in));
            return visit.signed_in(status, &signed_in, LoginAnswer::Authenticated(body));
        }
        LoginStep::MfaRequired(waiting) | LoginStep::EnrollmentRequired(waiting) => waiting,
    };
    let Waiting { mfa_token, methods, expires_in_seconds } = waiting;
    let mfa_token = mfa_token.expose_secret().to_owned();
    let body = WaitingBody { status: name, mfa_token, methods, expires_in_seconds };
    Ok(HttpResponse::build(status).json(LoginAnswer::Waiting(body)))
}
