//! `GET /api/audit-logs`: what happened in the company, newest first or oldest first, page by page both ways.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    AuditView,
    several::{Several, kinds_schema, severities_schema},
};
use crate::{
    domain::{
        code::Refusal,
        event::{Kind, Severity},
        ids::{RequestId, SessionId, UserId},
        page::{Page, Toward},
    },
    http::{
        extract::{Caller, Query, page},
        problem::Problem,
    },
    store::AuditFilter,
    tenant::Tenants,
};

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct AuditQuery {
    /// Only these kinds, with commas between.
    #[param(schema_with = kinds_schema, style = Form, explode = false)]
    kind: Option<Several<Kind>>,
    /// Only these severities, with commas between.
    #[param(schema_with = severities_schema, style = Form, explode = false)]
    severity: Option<Several<Severity>>,
    /// Done by this person.
    #[param(inline)]
    actor: Option<UserId>,
    /// Done to this.
    subject: Option<Uuid>,
    /// In or to this session.
    #[param(inline)]
    session: Option<SessionId>,
    /// In this request, as `X-Request-Id` named it.
    #[param(inline)]
    request_id: Option<RequestId>,
    /// From this address.
    ip: Option<String>,
    /// Not before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    from: Option<OffsetDateTime>,
    /// Before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    to: Option<OffsetDateTime>,
    /// Which come first; `newest` when left out.
    #[param(inline)]
    order: Option<Order>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` or `previous_cursor` of another part.
    cursor: Option<String>,
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
    fn wanted(self) -> Result<(AuditFilter, Toward, Page), Refusal> {
        let Self { kind, severity, actor, subject, session, request_id, ip, from, to, order, limit, cursor } = self;
        let filter = AuditFilter {
            kinds: kind.map_or_else(Vec::new, |kinds| kinds.0),
            severities: severity.map_or_else(Vec::new, |severities| severities.0),
            actor,
            subject,
            session,
            request: request_id,
            ip,
            from,
            to,
        };
        let order = match order {
            Some(Order::Oldest) => Toward::Newer,
            Some(Order::Newest) | None => Toward::Older,
        };
        Ok((filter, order, page(limit, cursor)?))
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
