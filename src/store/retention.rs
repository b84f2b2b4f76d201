//! Letting the audit log end where its time is over: only up to a signed checkpoint, from which the rest still verifies.

use sea_orm::Value;

use super::{StoreError, SystemTx};
use crate::domain::{
    company::Policy,
    event::{Kind, Severity},
    ids::CompanyId,
};

/// One company's rows up to its newest checkpoint that is old enough, and the event that says so, in one statement: with
/// any number of nodes doing this, each row goes once and is told of once. `$1` is for the company that does not exist.
const PRUNE: &str = "WITH due AS (
      SELECT k.company_id, k.seq FROM audit_checkpoints k LEFT JOIN companies c ON c.id = k.company_id
      WHERE k.at < now() - make_interval(days => CASE WHEN c.id IS NULL THEN $1 ELSE c.audit_retention_days END)
        AND EXISTS (SELECT FROM audit_logs l WHERE l.company_id = k.company_id AND l.seq <= k.seq)
      ORDER BY k.company_id, k.seq DESC LIMIT 1),
    gone AS (
      DELETE FROM audit_logs l USING due WHERE l.company_id = due.company_id AND l.seq <= due.seq
      RETURNING l.company_id, l.seq)
    INSERT INTO outbox (company_id, kind, severity, actor_type, subject_type, subject_id, data)
      SELECT company_id, $2, $3, 'system', 'audit_log', company_id,
        jsonb_build_object('rows', count(*), 'up_to_seq', max(seq)) FROM gone GROUP BY company_id
    RETURNING company_id, (data->>'rows')::bigint";

impl SystemTx {
    /// Makes the partitions of this month and of the next two, where they are missing.
    pub async fn make_audit_partitions(&self) -> Result<(), StoreError> {
        self.unit.touched("SELECT make_audit_partitions(2)", []).await.map(|_| ())
    }

    /// Drops the partitions whose month is over and whose rows are gone.
    pub async fn drop_audit_partitions(&self) -> Result<(), StoreError> {
        self.unit.touched("SELECT drop_empty_audit_partitions()", []).await.map(|_| ())
    }

    /// Takes away the rows of one company whose time is over; which, and how many. None: there is nothing to do.
    pub async fn prune_audit(&self) -> Result<Option<(CompanyId, i64)>, StoreError> {
        let days = Policy::default().audit_retention_days.and_then(|days| i32::try_from(days).ok());
        let severity: Severity = Kind::AuditPruned.severity();
        let values: [Value; 3] = [days.into(), Kind::AuditPruned.as_str().into(), severity.as_str().into()];
        let row = self.unit.row(PRUNE, values).await?;
        row.map(|row| {
            let (company, rows): (uuid::Uuid, i64) = row.try_get_many_by_index()?;
            Ok((company.into(), rows))
        })
        .transpose()
    }
}
