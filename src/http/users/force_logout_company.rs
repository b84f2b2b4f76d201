//! `POST /api/company/force-logout`: ends the sessions of the whole company: everybody else's, or everybody's.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::force_logout::ForceLogoutAnswer;
use crate::{
    http::{
        auth::tokens::AccessBody,
        extract::{Caller, ClientOrigin, JsonOrDefault, Visit},
        problem::Problem,
    },
    tenant::{Tenants, flows::ForceLogoutCompany},
};

/// Who has to leave.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = CompanyLogoutScope)]
pub(in crate::http) enum Scope {
    /// Everybody but the session that asks.
    #[default]
    Others,
    /// Everybody.
    Everyone,
}

/// Who has to leave; everybody else when left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CompanyLogoutInput {
    #[serde(default)]
    scope: Scope,
}

/// What was ended.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CompanyLogoutAnswer {
    #[serde(flatten)]
    receipt: ForceLogoutAnswer,
    /// For the session that goes on: the company's older access tokens are dead. Absent for `X-Voxgate-Client: web`, and
    /// when everybody had to leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_token: Option<String>,
    /// `Bearer`; absent with the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
    /// Life of the access token; absent when everybody had to leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    expires_in_seconds: Option<u64>,
}

/// Throws the company out.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    visit: Visit,
    origin: ClientOrigin,
    JsonOrDefault(CompanyLogoutInput { scope }): JsonOrDefault<CompanyLogoutInput>,
) -> Result<HttpResponse, Problem> {
    let spare_me = scope == Scope::Others;
    let done = tenants.run(ForceLogoutCompany { principal, spare_me, origin: origin.0 }).await?;
    let access = done.access.as_ref().map(|access| AccessBody::new(visit.client, access));
    let expires_in_seconds = access.as_ref().map(|access| access.expires_in_seconds);
    let (access_token, token_type) = access.map(|access| (access.access_token, access.token_type)).unwrap_or_default();
    let receipt = done.receipt.into();
    let body = CompanyLogoutAnswer { receipt, access_token, token_type, expires_in_seconds };
    let mut response = match &done.access {
        Some(access) => visit.with_access(StatusCode::OK, access)?,
        None => visit.without_tokens(StatusCode::OK)?,
    };
    Ok(response.json(body))
}
