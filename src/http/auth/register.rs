//! `POST /api/auth/register`: a company and its first Admin.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::tokens::{AccessBody, refresh_token};
use crate::{
    http::{
        extract::{ClientOrigin, Repeatable, Secret, Visit},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{CompanyView, Register, UserView},
    },
};

/// A company and its first Admin.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RegisterInput {
    /// The company's name.
    #[schema(example = "TechCorp")]
    company_name: String,
    /// Its short name at sign-in; made from the name when left out.
    #[schema(example = "techcorp")]
    company_slug: Option<String>,
    /// The first Admin's name.
    #[schema(example = "Ada Admin")]
    full_name: String,
    /// The first Admin's address.
    #[schema(example = "ada@techcorp.com")]
    email: String,
    /// Their password.
    password: Secret,
}

/// The new company, signed in to.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct RegisterAnswer {
    /// The company.
    company: CompanyView,
    /// Its first Admin.
    user: UserView,
    /// The access token; absent for `X-Voxgate-Client: web`.
    #[serde(flatten)]
    access: AccessBody,
    /// The refresh token; absent for `X-Voxgate-Client: web`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
}

/// Registers and signs in.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    visit: Visit,
    origin: ClientOrigin,
    Repeatable(input, once): Repeatable<RegisterInput>,
) -> Result<HttpResponse, Problem> {
    let RegisterInput { company_name, company_slug, full_name, email, password } = input;
    let (password, client, origin) = (password.0, visit.client, origin.0);
    let register = Register { company_name, company_slug, full_name, email, password, client, origin, once };
    let done = tenants.run(register).await?;
    let answer = RegisterAnswer {
        company: done.company,
        user: done.signed_in.user.clone(),
        access: AccessBody::new(client, &done.signed_in.access),
        refresh_token: refresh_token(client, &done.signed_in),
    };
    visit.signed_in(StatusCode::CREATED, &done.signed_in, answer)
}
