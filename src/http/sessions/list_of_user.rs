//! `GET /api/users/{id}/sessions`: where a person is signed in.

use actix_web::web::{Data, Json};

use super::view::{SessionsAnswer, sessions_of};
use crate::{
    domain::ids::UserId,
    http::{
        extract::{Caller, PathId},
        problem::Problem,
    },
    tenant::Tenants,
};

/// Lists a person's sessions.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    PathId(user): PathId<UserId>,
) -> Result<Json<SessionsAnswer>, Problem> {
    sessions_of(&tenants, &principal, user).await.map(Json)
}
