//! `GET /api/service-credentials`: the company's keys, ended ones too, the newest first.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::code::Refusal,
    http::{
        extract::{Caller, Query, page},
        problem::Problem,
    },
    tenant::{Tenants, flows::ServiceCredentialView},
};

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct CredentialsQuery {
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct CredentialsAnswer {
    items: Vec<ServiceCredentialView>,
    /// `null` in the last part.
    next_cursor: Option<String>,
}

/// Lists them.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(query): Query<CredentialsQuery>,
) -> Result<Json<CredentialsAnswer>, Problem> {
    let page = page(query.limit, query.cursor)?;
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { Ok::<_, Refusal>(tx.list_service_credentials(page).await?) })
    });
    let listed = read.await?.into_inner();
    let items = listed.items.into_iter().map(ServiceCredentialView::from).collect();
    Ok(Json(CredentialsAnswer { items, next_cursor: listed.next_cursor }))
}
