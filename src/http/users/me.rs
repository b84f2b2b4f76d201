//! `GET /api/users/me`: one's own account.

use actix_web::web::{Data, Json};

use super::get::account;
use crate::{
    http::{extract::Caller, problem::Problem},
    tenant::{Tenants, flows::UserView},
};

/// Shows the caller's account.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<Json<UserView>, Problem> {
    let user = principal.user;
    account(&tenants, &principal, user).await.map(Json)
}
