//! `GET /api/users/me/events`: what happened to one's own account, newest first. For every role: whoever may not read the
//! company's log may read this.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{
        audit::AuditRow,
        code::Refusal,
        event::{Actor, Kind, Severity},
        ids::{SessionId, UserId},
        page::Toward,
    },
    http::{
        extract::{Caller, Query, page},
        problem::Problem,
    },
    store::AuditFilter,
    tenant::Tenants,
};

/// Which part of the list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct MyEventsQuery {
    /// 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u64>,
    /// `next_cursor` of the part before.
    cursor: Option<String>,
}

/// A part of the list.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct MyEventsAnswer {
    items: Vec<MyEventView>,
    /// `null` in the last part.
    next_cursor: Option<String>,
}

/// Who did it, seen from the account it was done to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum By {
    /// The person themselves.
    You,
    /// Somebody who did not prove who they are.
    Anonymous,
    /// An Admin or Manager of the company.
    Administrator,
    /// Voxgate itself, by a job or the command line.
    System,
}

/// One event about one's own account.
#[derive(Serialize, ToSchema)]
struct MyEventView {
    /// Its number in the company's log.
    seq: i64,
    #[serde(with = "time::serde::rfc3339")]
    at: OffsetDateTime,
    kind: Kind,
    severity: Severity,
    by: By,
    session_id: Option<SessionId>,
    /// Absent where somebody else of the company did it: where they were is not for others.
    ip: Option<String>,
    /// Absent like `ip`.
    user_agent: Option<String>,
    /// Details of this kind; `before` and `after` where something changed.
    #[schema(value_type = Object)]
    data: Value,
}

impl MyEventView {
    fn new(row: AuditRow, me: UserId) -> Self {
        let by = match row.actor {
            Actor::User { id } if id == me => By::You,
            Actor::User { .. } => By::Administrator,
            Actor::Anonymous => By::Anonymous,
            Actor::System => By::System,
        };
        let shown = !matches!(by, By::Administrator);
        Self {
            seq: row.seq,
            at: row.at,
            kind: row.kind,
            severity: row.severity,
            by,
            // In an Admin's rows it may be the Admin's own session.
            session_id: row.session.filter(|_| shown),
            ip: row.origin.ip.filter(|_| shown),
            user_agent: row.origin.user_agent.filter(|_| shown),
            data: row.data,
        }
    }
}

/// Lists them.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    Query(MyEventsQuery { limit, cursor }): Query<MyEventsQuery>,
) -> Result<Json<MyEventsAnswer>, Problem> {
    let (me, page) = (principal.user, page(limit, cursor)?);
    let read = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move {
            let mine = AuditFilter { subject: Some(me.0), ..AuditFilter::default() };
            Ok::<_, Refusal>(tx.list_audit(&mine, Toward::Older, page).await?)
        })
    });
    let listed = read.await?.into_inner();
    let items = listed.items.into_iter().map(|row| MyEventView::new(row, me)).collect();
    Ok(Json(MyEventsAnswer { items, next_cursor: listed.next_cursor }))
}
