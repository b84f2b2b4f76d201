//! `GET /api/audit-logs`: what happened in the company, newest first or oldest first, page by page both ways.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AuditView, filter::audit_query};
use crate::{
    domain::{
        code::Refusal,
        page::{Page, Toward},
    },
    http::{
        extract::{Caller, Query, page},
        problem::Problem,
    },
    store::AuditFilter,
    tenant::Tenants,
};

audit_query! {
    /// Which events.
    AuditQuery {
        /// Which come first; `newest` when left out.
        #[param(inline)]
        order: Option<Order>,
        /// 1 to 200; 50 when left out.
        #[param(minimum = 1, maximum = 200)]
        limit: Option<u64>,
        /// `next_cursor` or `previous_cursor` of another part.
        cursor: Option<String>,
    }
}

/// Which events come first.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Order {
    Newest,
    Oldest,
}

/// A part of the log.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AuditAnswer {
    items: Vec<AuditView>,
    /// `null` in the last part.
    next_cursor: Option<String>,
    /// `null` in the first part.
    previous_cursor: Option<String>,
}

impl AuditQuery {
    fn wanted(mut self) -> Result<(AuditFilter, Toward, Page), Refusal> {
        let order = match self.order {
            Some(Order::Oldest) => Toward::Newer,
            Some(Order::Newest) | None => Toward::Older,
        };
        Ok((self.take_filter(), order, page(self.limit, self.cursor)?))
    }
}

/// Lists events.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditAnswer>, Problem> {
    let (filter, order, page) = query.wanted()?;
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { Ok::<_, Refusal>(tx.list_audit(&filter, order, page).await?) })
    });
    let listed = read.await?.into_inner();
    let items = listed.items.into_iter().map(AuditView::from).collect();
    Ok(Json(AuditAnswer { items, next_cursor: listed.next_cursor, previous_cursor: listed.previous_cursor }))
}
