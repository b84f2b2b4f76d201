//! Mails to be sent: queued with the business they belong to, claimed by the mail worker of any node.

use std::time::Duration;

use sea_orm::FromQueryResult;
use time::OffsetDateTime;
use uuid::Uuid;
use voxgate_entity::mail_outbox::{Entity, Model};

use super::{StoreError, SystemTx, TenantTx, row};
use crate::domain::ids::CompanyId;

/// A mail to be queued.
#[derive(Clone, Debug)]
pub struct NewMail {
    /// Its id, which its ciphertext is bound to.
    pub id: Uuid,
    /// Which template.
    pub kind: &'static str,
    /// The address.
    pub recipient: String,
    /// The sealed content.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// After that it is dropped rather than sent: a stale link helps nobody. None for mails that stay true.
    pub expires_in: Option<Duration>,
}

/// Which mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MailKey {
    /// Its company.
    pub company: CompanyId,
    /// Its id.
    pub id: Uuid,
}

/// A mail to be sent now. The address and the content do not show in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct MailRow {
    /// Which one.
    pub key: MailKey,
    /// Which template.
    pub kind: String,
    /// The address.
    pub recipient: String,
    /// The sealed content.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// Attempts begun, this one included.
    pub attempts: u32,
    /// When it goes stale.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was queued.
    pub created_at: OffsetDateTime,
}

impl std::fmt::Debug for MailRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MailRow").field("key", &self.key).field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl From<Model> for MailRow {
    fn from(row: Model) -> Self {
        Self {
            key: MailKey { company: row.company_id.into(), id: row.id },
            kind: row.kind,
            recipient: row.recipient,
            sealed: row.sealed,
            key_id: row.key_id,
            attempts: row.attempts.unsigned_abs(),
            expires_at: row.expires_at,
            created_at: row.created_at,
        }
    }
}

impl TenantTx {
    /// Queues a mail. It is sent exactly if this transaction commits.
    pub async fn queue_mail(&self, new: &NewMail) -> Result<(), StoreError> {
        let sql = "INSERT INTO mail_outbox (company_id, id, kind, recipient, sealed, key_id, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))";
        let values = [
            self.company.0.into(),
            new.id.into(),
            new.kind.into(),
            new.recipient.as_str().into(),
            new.sealed.clone().into(),
            new.key_id.as_str().into(),
            new.expires_in.map(|life| life.as_secs_f64()).into(),
        ];
        self.unit.touched(sql, values).await?;
        Ok(())
    }
}

/// A claimed mail is not offered again for three minutes, three times as long as handing it over may take: if the worker
/// dies meanwhile, another one takes it up.
const CLAIM: &str =
    "UPDATE mail_outbox AS m SET attempts = m.attempts + 1, next_attempt_at = now() + interval '3 minutes'
    FROM (SELECT company_id, id FROM mail_outbox
          WHERE sent_at IS NULL AND failed_at IS NULL AND next_attempt_at <= now()
            AND (expires_at IS NULL OR expires_at > now())
          ORDER BY next_attempt_at LIMIT $1 FOR UPDATE SKIP LOCKED) AS due
    WHERE m.company_id = due.company_id AND m.id = due.id";

impl SystemTx {
    /// Takes at most `limit` mails that are due, for three minutes.
    /// Guarantees: no two workers hold the same mail at once.
    pub async fn claim_mail(&self, limit: u64) -> Result<Vec<MailRow>, StoreError> {
        let stale = "UPDATE mail_outbox SET failed_at = now(), last_error = 'expired before it could be sent',
                     sealed = '' WHERE sent_at IS NULL AND failed_at IS NULL AND expires_at <= now()";
        self.unit.touched(stale, []).await?;
        let sql = format!("{CLAIM} RETURNING {}", row::columns::<Entity>("m", ""));
        let rows = self.unit.rows(&sql, [i64::try_from(limit).unwrap_or(i64::MAX).into()]).await?;
        rows.iter().map(|row| Ok(Model::from_query_result(row, "")?.into())).collect()
    }

    /// Notes that a mail was handed over, and wipes its content.
    pub async fn mail_sent(&self, key: MailKey) -> Result<(), StoreError> {
        let sql = "UPDATE mail_outbox SET sent_at = now(), sealed = '' WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [key.company.0.into(), key.id.into()]).await?;
        Ok(())
    }

    /// Notes that an attempt failed; `retry_at` says when to try again, none gives it up and wipes its content.
    /// `error` must not quote the content.
    pub async fn mail_failed(
        &self,
        key: MailKey,
        error: &str,
        retry_at: Option<OffsetDateTime>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE mail_outbox SET last_error = $3, next_attempt_at = coalesce($4, next_attempt_at),
                     failed_at = CASE WHEN $4 IS NULL THEN now() END,
                     sealed = CASE WHEN $4 IS NULL THEN ''::bytea ELSE sealed END
                   WHERE company_id = $1 AND id = $2";
        self.unit.touched(sql, [key.company.0.into(), key.id.into(), error.into(), retry_at.into()]).await?;
        Ok(())
    }
}
