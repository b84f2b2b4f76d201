//! Events on their way into the audit log: written with the business they tell of, in its transaction.

use super::{StoreError, TenantTx, audit::actor_columns};
use crate::domain::event::Event;

impl TenantTx {
    /// Records an event. It is in the audit log exactly if this transaction commits.
    pub async fn record(&self, event: Event) -> Result<(), StoreError> {
        let sql = "INSERT INTO outbox (company_id, kind, severity, actor_type, actor_id, subject_type, subject_id,
                     session_id, ip, user_agent, request_id, data)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
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
        ];
        self.unit.touched(sql, values).await?;
        self.note_recorded();
        Ok(())
    }
}
