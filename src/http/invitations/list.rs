//! `GET /api/invitations`: who was invited.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::code::Refusal,
    http::{
        extract::{Caller, Query, page},
        problem::Problem,
    },
    tenant::{Tenants, flows::InvitationView},
};

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct InvitationsQuery {
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct InvitationsAnswer {
    items: Vec<InvitationView>,
    /// `null` in the last part.
    next_cursor: Option<String>,
}

/// Lists invitations.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(query): Query<InvitationsQuery>,
) -> Result<Json<InvitationsAnswer>, Problem> {
    let page = page(query.limit, query.cursor)?;
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { Ok::<_, Refusal>(tx.list_invitations(page).await?) })
    });
    let listed = read.await?.into_inner();
    let items = listed.items.into_iter().map(InvitationView::from).collect();
    Ok(Json(InvitationsAnswer { items, next_cursor: listed.next_cursor }))
}
