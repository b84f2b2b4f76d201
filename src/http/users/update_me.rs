//! `PUT /api/users/me`: one's own profile. Role, company and flags cannot be written here.

use actix_web::web;
use serde::Deserialize;
use utoipa::ToSchema;

use super::me::{MeView, view};
use crate::{
    http::{
        extract::{Caller, ClientOrigin, Json},
        problem::Problem,
    },
    tenant::{Tenants, flows::UpdateProfile},
};

/// What one may write about oneself.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct UpdateMeInput {
    /// The name.
    full_name: String,
}

/// Changes the profile.
pub(in crate::http) async fn handle(
    tenants: web::Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Json(UpdateMeInput { full_name }): Json<UpdateMeInput>,
) -> Result<web::Json<MeView>, Problem> {
    tenants.run(UpdateProfile { principal: principal.clone(), full_name, origin: origin.0 }).await?;
    view(&tenants, &principal).await.map(web::Json)
}
