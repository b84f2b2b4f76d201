//! `POST /api/users/{id}/deactivate`: switches a person's account off. Every session ends at once; nothing is deleted.

use actix_web::web::{Data, Json};

use crate::{
    domain::ids::UserId,
    http::{
        extract::{Caller, ClientOrigin, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{SwitchUser, UserView},
    },
};

/// Switches it off.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(user): PathId<UserId>,
) -> Result<Json<UserView>, Problem> {
    Ok(Json(tenants.run(SwitchUser { principal, user, active: false, origin: origin.0 }).await?))
}
