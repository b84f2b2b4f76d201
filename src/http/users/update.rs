//! `PATCH /api/users/{id}`: another name or role for a person. A new role counts at once: tokens that speak of the old one
//! are answered `rights_changed`, the next renewal brings one that tells the truth.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    domain::{ids::UserId, principal::Role},
    http::{
        extract::{Caller, ClientOrigin, Json, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{ChangeUser, UserView},
    },
};

/// What an Admin may write about a person; at least one of it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct UpdateUserInput {
    /// The name.
    full_name: Option<String>,
    /// The role. Nobody raises their own, and the last Admin stays one.
    role: Option<Role>,
}

/// Changes the account.
pub(in crate::http) async fn handle(
    tenants: web::Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(user): PathId<UserId>,
    Json(UpdateUserInput { full_name, role }): Json<UpdateUserInput>,
) -> Result<web::Json<UserView>, Problem> {
    Ok(web::Json(tenants.run(ChangeUser { principal, user, full_name, role, origin: origin.0 }).await?))
}
