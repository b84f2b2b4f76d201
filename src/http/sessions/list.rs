//! `GET /api/sessions`: where one is signed in.

use actix_web::web::{Data, Json};

use super::view::{SessionsAnswer, sessions_of};
use crate::{
    http::{extract::Caller, problem::Problem},
    tenant::Tenants,
};

/// Lists one's own sessions.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<Json<SessionsAnswer>, Problem> {
    sessions_of(&tenants, &principal, principal.user).await.map(Json)
}
