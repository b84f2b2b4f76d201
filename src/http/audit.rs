//! `GET /api/audit-logs`: what happened in the company, newest first.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{
    extract::{Caller, Query, page},
    openapi::kind_schema,
    problem::Problem,
};
use crate::{
    domain::{
        audit::AuditRow,
        code::Refusal,
        event::{Actor, Kind, Severity, Subject},
        ids::{RequestId, SessionId, UserId},
    },
    store::AuditFilter,
    tenant::Tenants,
};

/// Which events.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct AuditQuery {
    /// Only this kind.
    #[param(schema_with = kind_schema)]
    kind: Option<Kind>,
    /// Done by this person.
    #[param(inline)]
    actor: Option<UserId>,
    /// Done to this.
    subject: Option<Uuid>,
    /// In or to this session.
    #[param(inline)]
    session: Option<SessionId>,
    /// From this address.
    ip: Option<String>,
    /// Not before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    from: Option<OffsetDateTime>,
    /// Before this time (RFC 3339).
    #[serde(default, with = "time::serde::rfc3339::option")]
    to: Option<OffsetDateTime>,
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// One event.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditView {
    /// Counts up by one within the company.
    seq: i64,
    id: Uuid,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    kind: Kind,
    severity: Severity,
    actor: Actor,
    subject: Option<Subject>,
    session_id: Option<SessionId>,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<RequestId>,
    /// Details of this kind.
    #[schema(value_type = Object)]
    data: Value,
}

impl From<AuditRow> for AuditView {
    fn from(row: AuditRow) -> Self {
        Self {
            seq: row.seq,
            id: row.id,
            at: row.at,
            kind: row.kind,
            severity: row.severity,
            actor: row.actor,
            subject: row.subject,
            session_id: row.session,
            ip: row.origin.ip,
            user_agent: row.origin.user_agent,
            request_id: row.origin.request_id,
            data: row.data,
        }
    }
}

/// A part of the log.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditAnswer {
    items: Vec<AuditView>,
    /// `null` in the last part.
    next_cursor: Option<String>,
}

/// Lists events.
pub(super) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(query): Query<AuditQuery>,
) -> Result<Json<AuditAnswer>, Problem> {
    let AuditQuery { kind, actor, subject, session, ip, from, to, limit, cursor } = query;
    let page = page(limit, cursor)?;
    let filter = AuditFilter { kind, actor, subject, session, ip, from, to };
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move { Ok::<_, Refusal>(tx.list_audit(&filter, page).await?) })
    });
    let listed = read.await?.into_inner();
    let items = listed.items.into_iter().map(AuditView::from).collect();
    Ok(Json(AuditAnswer { items, next_cursor: listed.next_cursor }))
}
