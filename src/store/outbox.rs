//! Events on their way into the audit log: written with the business they tell of, in its transaction.

use time::OffsetDateTime;

use super::{StoreError, TenantTx, audit::actor_columns};
use crate::domain::event::Event;

impl TenantTx {
    /// Records an event. It is in the audit log exactly if this transaction commits.
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
        self.insert_event(event, None).await
    }

    /// Records what a demo says to have happened earlier. Only `voxgate dev` calls this, and the event says so: its data
    /// is marked here, not by the caller.
    pub async fn record_past(&self, at: OffsetDateTime, mut event: Event) -> Result<(), StoreError> {
        event.data["demo"] = true.into();
        self.insert_event(event, Some(at)).await
    }

    /// The actor's role is the one this transaction sees: every writer gets it without saying it, and cannot say another.
    async fn insert_event(&self, event: Event, at: Option<OffsetDateTime>) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox (company_id, kind, severity, actor_type, actor_id, actor_role, subject_type,
                     subject_id, session_id, ip, user_agent, request_id, data, at)
                   VALUES ($1, $2, $3, $4, $5, (SELECT role FROM users WHERE company_id = $1 AND id = $5),
                     $6, $7, $8, $9, $10, $11, $12, coalesce($13, clock_timestamp()))";
        let (actor_type, actor_id) = actor_columns(&event.actor);
        let (subject_type, subject_id) = event.subject.map(|subject| (subject.kind, subject.id)).unzip();
        let values = [
            self.company.0.into(),
            event.kind.as_str().into(),
            event.severity.as_str().into(),
            actor_type.into(),
            actor_id.into(),
            subject_type.into(),
            subject_id.into(),
            event.session.map(|id| id.0).into(),
            event.origin.ip.into(),
            event.origin.user_agent.into(),
            event.origin.request_id.map(|id| id.0).into(),
            event.data.into(),
            at.into(),
        ];
        self.unit.touched(sql, values).await?;
        self.note_recorded();
        Ok(())
    }
}
