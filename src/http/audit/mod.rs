//! The audit log: reading it, taking it away as a file, verifying its chain. `list.rs`, `export.rs` and `verify.rs` answer
//! one route each; what they share is here.

pub(super) mod export;
mod filter;
pub(super) mod list;
mod several;
pub(super) mod verify;

use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::{
    audit::AuditRow,
    event::{Actor, Kind, Severity, Subject},
    ids::{RequestId, SessionId},
    principal::Role,
};

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
    /// The role the acting person had then; `null` where nobody signed in acted, and in events from before it was kept.
    actor_role: Option<Role>,
    subject: Option<Subject>,
    session_id: Option<SessionId>,
    ip: Option<String>,
    user_agent: Option<String>,
    request_id: Option<RequestId>,
    /// Details of this kind; `before` and `after` where something changed.
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
            actor_role: row.actor_role,
            subject: row.subject,
            session_id: row.session,
            ip: row.origin.ip,
            user_agent: row.origin.user_agent,
            request_id: row.origin.request_id,
            data: row.data,
        }
    }
}
