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
    tenant::{
        Tenants,
        flows::{BeginLogin, LoginStep},
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
    /// A second factor is asked.
    MfaRequired(MfaRequiredBody),
}

/// A second factor is asked: answer it at `/api/auth/verify-mfa`.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct MfaRequiredBody {
    /// `mfa_required`.
    status: &'static str,
    /// Names this sign-in in the next step.
    mfa_token: String,
    /// What can be answered: `totp`, `backup_code`.
    methods: Vec<&'static str>,
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
    match tenants.run(login).await? {
        LoginStep::Authenticated(signed_in) => {
            let body = Box::new(SignedInBody::new(visit.client, &signed_in));
            visit.signed_in(StatusCode::OK, &signed_in, LoginAnswer::Authenticated(body))
        }
        LoginStep::MfaRequired { mfa_token, methods, expires_in_seconds } => {
            let (status, mfa_token) = ("mfa_required", mfa_token.expose_secret().to_owned());
            let body = MfaRequiredBody { status, mfa_token, methods, expires_in_seconds };
            Ok(HttpResponse::Ok().json(LoginAnswer::MfaRequired(body)))
        }
    }
}
