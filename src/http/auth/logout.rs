//! `POST /api/auth/logout`: ends this session, the others, or all of one's own.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{
        extract::{ClientOrigin, EnrollingCaller, JsonOrDefault, Visit},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{Logout, LogoutScope},
    },
};

/// Which sessions end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LogoutScope)]
pub(in crate::http) enum Scope {
    /// The one that asks.
    #[default]
    This,
    /// All but the one that asks.
    Others,
    /// All.
    All,
}

/// Which sessions end; this one when left out.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct LogoutInput {
    #[serde(default)]
    scope: Scope,
}

/// Signs out. The cookies go with the session they belong to.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    EnrollingCaller(by): EnrollingCaller,
    visit: Visit,
    origin: ClientOrigin,
    JsonOrDefault(LogoutInput { scope }): JsonOrDefault<LogoutInput>,
) -> Result<HttpResponse, Problem> {
    let flow = match scope {
        Scope::This => LogoutScope::This,
        Scope::Others => LogoutScope::Others,
        Scope::All => LogoutScope::All,
    };
    tenants.run(Logout { by, scope: flow, origin: origin.0 }).await?;
    if scope == Scope::Others { Ok(HttpResponse::NoContent().finish()) } else { visit.signed_out() }
}
