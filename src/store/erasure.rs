//! Erasing a person: their account with everything that hangs on it, and what is personal in the audit log.
//!
//! The account goes in the company's own transaction, which records `user.erased`. The sequencer, the only one who may,
//! erases the log in the transaction that numbers this event: after every event recorded before it.

use std::collections::BTreeSet;

use sea_orm::Value;
use uuid::Uuid;

use super::{StoreError, SystemTx, TenantTx, audit};
use crate::domain::{
    audit::{AuditRow, PERSONAL},
    event::Kind,
    ids::{InvitationId, UserId},
};

/// `$1` company, `$2` person, `$3` everything that is or was them, `$4` [`PERSONAL`].
///
/// A row of their own doing, or of a stranger's on their account, loses origin and personal details. What somebody else
/// did to them keeps its origin, which is not theirs, unless its details name them: one digest covers both.
const ERASE: &str = "WITH words AS (SELECT string_to_array($4, ',') AS named)
    UPDATE audit_logs SET ip = NULL, user_agent = NULL, salt = NULL,
      data = (data - named)
        || CASE WHEN data ? 'before' THEN jsonb_build_object('before', (data->'before') - named) ELSE '{}' END
        || CASE WHEN data ? 'after' THEN jsonb_build_object('after', (data->'after') - named) ELSE '{}' END
    FROM words WHERE company_id = $1 AND salt IS NOT NULL AND (actor_id = $2
      OR subject_id = ANY (string_to_array($3, ',')::uuid[]) AND (actor_type = 'anonymous'
        OR jsonb_exists_any(data, named) OR jsonb_exists_any(data->'before', named)
        OR jsonb_exists_any(data->'after', named)))";

impl TenantTx {
    /// Takes an account away, with its sessions, tokens, factors, codes, devices, and the invitations it sent or that went
    /// to its address. Answers those that went to it: the log names its address by them. None if there is no such account.
    pub async fn delete_user(&self, id: UserId) -> Result<Option<Vec<InvitationId>>, StoreError> {
        let key = || [self.company.0.into(), id.0.into()];
        let invited = "DELETE FROM invitations WHERE company_id = $1
            AND email_norm = (SELECT email_norm FROM users WHERE company_id = $1 AND id = $2) RETURNING id";
        let rows = self.unit.rows(invited, key()).await?;
        let invitations = rows.iter().map(|row| row.try_get_by_index::<Uuid>(0).map(Into::into));
        let invitations = invitations.collect::<Result<_, _>>()?;
        let gone = self.unit.touched("DELETE FROM users WHERE company_id = $1 AND id = $2", key()).await?;
        Ok((gone == 1).then_some(invitations))
    }
}

impl SystemTx {
    /// Erases from the log what is personal about the person a `user.erased` row is about; answers how many rows. The
    /// chain goes on: see [`crate::domain::audit::Commitment`].
    pub(super) async fn erase_from_audit(&self, erased: &AuditRow) -> Result<u64, StoreError> {
        let Some(subject) = &erased.subject else { return Ok(0) };
        let invitations = erased.data["invitations"].as_array().into_iter().flatten();
        let invitations = invitations.filter_map(|id| id.as_str()?.parse::<Uuid>().ok());
        let all: BTreeSet<String> = invitations.chain([subject.id]).map(|id| id.to_string()).collect();
        let all = all.into_iter().collect::<Vec<_>>().join(",");
        let values: [Value; 4] = [erased.company.0.into(), subject.id.into(), all.into(), PERSONAL.join(",").into()];
        self.unit.touched(ERASE, values).await
    }

    /// Erases again who was erased in the last two days: a request that was under way may have been recorded after it.
    pub async fn erase_late_rows(&self) -> Result<u64, StoreError> {
        let sql = format!(
            "SELECT {} FROM audit_logs AS l WHERE kind = '{}' AND at > now() - interval '2 days'",
            super::row::columns::<voxgate_entity::audit_logs::Entity>("l", ""),
            Kind::UserErased.as_str(),
        );
        let mut erased = 0;
        for row in self.unit.rows(&sql, []).await? {
            erased += self.erase_from_audit(&audit::from_result(&row)?).await?;
        }
        Ok(erased)
    }
}
