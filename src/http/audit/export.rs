//! `GET /api/audit-logs/export`: the log as a file, oldest first, up to the event that was the last when it began.
//!
//! The rows are read in pages, each only when the client has taken the one before: memory stays small however long the
//! log is. The export is in the log before its first byte leaves. A caller who is thrown out meanwhile gets no more of it.

use actix_web::{
    HttpResponse,
    http::header::{CONTENT_DISPOSITION, CONTENT_TYPE},
    web::{Bytes, Data},
};
use futures_util::stream::{Stream, try_unfold};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use utoipa::ToSchema;

use super::{AuditView, filter::audit_query};
use crate::{
    domain::{
        audit::{AuditRow, hex},
        code::Refusal,
        csv,
        event::{Actor, Event, Kind, Subject},
        principal::{Origin, Principal, Role},
    },
    http::{
        extract::{Caller, ClientOrigin, Query},
        problem::Problem,
    },
    store::AuditFilter,
    tenant::Tenants,
};

/// Rows read at once.
const PAGE: u64 = 500;

/// The media type of one JSON object a line.
pub(in crate::http) const NDJSON: &str = "application/x-ndjson";

audit_query! {
    /// Which events.
    ExportQuery {
        /// `csv` when left out.
        #[param(inline)]
        format: Option<Format>,
    }
}

/// How the file is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::http) enum Format {
    /// RFC 4180, with a head line; cells that a spreadsheet would run begin with an apostrophe.
    #[default]
    Csv,
    /// One JSON object a line.
    Ndjson,
}

/// Begins an export.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    Query(mut query): Query<ExportQuery>,
) -> Result<HttpResponse, Problem> {
    let (filter, format) = (query.take_filter(), query.format.unwrap_or_default());
    let until = begin(&tenants, &principal, origin.0, &filter, format).await?;
    let export = Export { tenants, principal, filter, format, after: 0, until, begun: false };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.media_type()))
        .insert_header((CONTENT_DISPOSITION, format.disposition()))
        .streaming(export.stream()))
}

/// Records the export and answers where it ends.
async fn begin(
    tenants: &Tenants,
    principal: &Principal,
    origin: Origin,
    filter: &AuditFilter,
    format: Format,
) -> Result<i64, Refusal> {
    let event = Event::new(Kind::AuditExported, &origin).by_principal(principal);
    let event = event.about(Subject::of("audit_log", principal.company));
    let asked = asked(filter);
    let begun = tenants.store().in_tenant(principal.company, move |tx| {
        Box::pin(async move {
            let until = tx.audit_head().await?;
            tx.record(event.with(json!({ "format": format, "until_seq": until, "filter": asked }))).await?;
            Ok::<_, Refusal>(until)
        })
    });
    Ok(begun.await?.into_inner())
}

/// What was asked for, without what was not.
fn asked(filter: &AuditFilter) -> Value {
    let time = |at: Option<OffsetDateTime>| at.and_then(|at| at.format(&Rfc3339).ok());
    let mut asked = json!({
        "kind": filter.kinds, "severity": filter.severities, "actor": filter.actor, "role": filter.roles,
        "subject": filter.subject, "session": filter.session, "request_id": filter.request, "ip": filter.ip,
        "from": time(filter.from), "to": time(filter.to),
    });
    if let Some(asked) = asked.as_object_mut() {
        asked.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    }
    asked
}

impl Format {
    fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Ndjson => NDJSON,
        }
    }

    fn disposition(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"audit-log.csv\"",
            Self::Ndjson => "attachment; filename=\"audit-log.ndjson\"",
        }
    }
}

/// An export under way.
struct Export {
    tenants: Data<Tenants>,
    principal: Principal,
    filter: AuditFilter,
    format: Format,
    after: i64,
    until: i64,
    begun: bool,
}

impl Export {
    /// The file, part by part. An error cuts the connection, so that half a file is not taken for a whole one.
    fn stream(self) -> impl Stream<Item = Result<Bytes, Refusal>> {
        try_unfold(self, |mut export| async move {
            if export.begun && export.after >= export.until {
                return Ok(None);
            }
            let part = export.part().await?;
            Ok(Some((Bytes::from(part), export)))
        })
    }

    async fn part(&mut self) -> Result<String, Refusal> {
        let mut text = String::new();
        if !self.begun && matches!(self.format, Format::Csv) {
            csv::line(&mut text, HEAD);
        }
        self.begun = true;
        self.tenants.door().recheck(&self.principal).await?;
        let rows = self.rows().await?;
        self.after =
            if (rows.len() as u64) < PAGE { self.until } else { rows.last().map_or(self.until, |row| row.seq) };
        for row in rows {
            match self.format {
                Format::Csv => csv_line(&mut text, &row),
                Format::Ndjson => json_line(&mut text, row),
            }
        }
        Ok(text)
    }

    async fn rows(&self) -> Result<Vec<AuditRow>, Refusal> {
        let (filter, range) = (self.filter.clone(), (self.after, self.until));
        let read = self.tenants.store().in_tenant(self.principal.company, move |tx| {
            Box::pin(async move { Ok::<_, Refusal>(tx.export_audit(&filter, range, PAGE).await?) })
        });
        Ok(read.await?.into_inner())
    }
}

const HEAD: [&str; 17] = [
    "seq",
    "id",
    "at",
    "kind",
    "severity",
    "actor_type",
    "actor_id",
    "subject_type",
    "subject_id",
    "session_id",
    "ip",
    "user_agent",
    "request_id",
    "data",
    "prev_hash",
    "hash",
    "actor_role",
];

fn csv_line(out: &mut String, row: &AuditRow) {
    let (actor_type, actor_id) = match &row.actor {
        Actor::User { id } => ("user", id.to_string()),
        Actor::Anonymous => ("anonymous", String::new()),
        Actor::System => ("system", String::new()),
    };
    let text = |id: Option<&dyn ToString>| id.map(ToString::to_string).unwrap_or_default();
    let subject = row.subject.as_ref();
    let cells = [
        row.seq.to_string(),
        row.id.to_string(),
        row.at.format(&Rfc3339).unwrap_or_default(),
        row.kind.as_str().to_owned(),
        row.severity.as_str().to_owned(),
        actor_type.to_owned(),
        actor_id,
        subject.map(|subject| subject.kind.clone()).unwrap_or_default(),
        text(subject.map(|subject| &subject.id as &dyn ToString)),
        text(row.session.as_ref().map(|id| id as &dyn ToString)),
        row.origin.ip.clone().unwrap_or_default(),
        row.origin.user_agent.clone().unwrap_or_default(),
        text(row.origin.request_id.as_ref().map(|id| id as &dyn ToString)),
        row.data.to_string(),
        hex(&row.prev_hash),
        hex(&row.hash),
        row.actor_role.map(Role::as_str).unwrap_or_default().to_owned(),
    ];
    csv::line(out, cells.iter().map(String::as_str));
}

/// A line of the NDJSON file: the event as the list shows it, and its place in the chain.
#[derive(Serialize)]
struct Line {
    #[serde(flatten)]
    event: AuditView,
    prev_hash: String,
    hash: String,
}

fn json_line(out: &mut String, row: AuditRow) {
    let (prev_hash, hash) = (hex(&row.prev_hash), hex(&row.hash));
    // Text, numbers and JSON values always serialise.
    let line = serde_json::to_string(&Line { event: row.into(), prev_hash, hash });
    out.push_str(&line.unwrap_or_default());
    out.push('\n');
}
