//! `GET /api/users`: the company's people.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{code::Refusal, principal::Role},
    http::{
        extract::{Caller, Query, page},
        problem::Problem,
    },
    store::UserFilter,
    tenant::{Tenants, flows::UserView},
};

/// Whether an account is switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Status {
    Active,
    Deactivated,
}

/// Which people.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct UsersQuery {
    /// Part of a name or address.
    search: Option<String>,
    /// Only this role.
    #[param(inline)]
    role: Option<Role>,
    /// Only this status.
    #[param(inline)]
    status: Option<Status>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct UsersAnswer {
    items: Vec<UserView>,
    /// `null` in the last part.
    next_cursor: Option<String>,
}

/// Lists people.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(query): Query<UsersQuery>,
) -> Result<Json<UsersAnswer>, Problem> {
    let page = page(query.limit, query.cursor)?;
    let active = query.status.map(|status| status == Status::Active);
    let filter = UserFilter { search: query.search, role: query.role, active };
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { Ok::<_, Refusal>(tx.list_users(&filter, page).await?) })
    });
    let listed = read.await?.into_inner();
    let items = listed.items.into_iter().map(UserView::from).collect();
    Ok(Json(UsersAnswer { items, next_cursor: listed.next_cursor }))
}
