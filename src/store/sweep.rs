//! Taking away what has expired. Bounded, so that a sweep never holds the table for long; call it again while it is busy.

use super::{StoreError, SystemTx};

/// At most so many rows of a table in one sweep.
const BATCH: u32 = 5000;

/// How many rows a sweep took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Expired one-time tokens, a day after their end.
    pub one_time_tokens: u64,
    /// Expired refresh tokens, a day after their end.
    pub refresh_tokens: u64,
    /// Sessions, 30 days after their end: until then they are in the list of an account's sessions.
    pub sessions: u64,
    /// Revocations that can hit no token any more.
    pub revocations: u64,
    /// Counters not touched for a day; those of long rows of failures after 30 days.
    pub attempts: u64,
    /// Answers kept for requests that are sent again, after their day.
    pub kept_answers: u64,
    /// Devices not seen for 400 days.
    pub devices: u64,
    /// Mails sent or given up, after 7 days.
    pub mails: u64,
}

impl Swept {
    /// Whether some table may hold more.
    pub fn is_full(&self) -> bool {
        let tokens = [self.one_time_tokens, self.refresh_tokens, self.sessions, self.revocations];
        let rest = [self.attempts, self.kept_answers, self.devices, self.mails];
        tokens.into_iter().chain(rest).any(|rows| rows >= u64::from(BATCH))
    }
}

impl SystemTx {
    /// Takes away expired tokens, sessions, revocations, counters and old mails.
    pub async fn sweep_expired(&self) -> Result<Swept, StoreError> {
        let tenant = "company_id, id";
        Ok(Swept {
            one_time_tokens: self.sweep("one_time_tokens", tenant, "expires_at < now() - interval '1 day'").await?,
            refresh_tokens: self.sweep("refresh_tokens", tenant, "expires_at < now() - interval '1 day'").await?,
            sessions: self.sweep("sessions", tenant, "expires_at < now() - interval '30 days'").await?,
            revocations: self.sweep("revocations", tenant, "expires_at < now()").await?,
            attempts: self
                .sweep(
                    "attempts",
                    "key",
                    "window_started_at < now() - CASE WHEN consecutive < 100 THEN interval '1 day'
                       ELSE interval '30 days' END",
                )
                .await?,
            kept_answers: self.sweep("kept_answers", "key", "expires_at < now()").await?,
            devices: self.sweep("devices", tenant, "last_seen_at < now() - interval '400 days'").await?,
            mails: self
                .sweep(
                    "mail_outbox",
                    tenant,
                    "created_at < now() - interval '7 days' AND (sent_at IS NOT NULL OR failed_at IS NOT NULL)",
                )
                .await?,
        })
    }

    async fn sweep(&self, table: &str, key: &str, over: &str) -> Result<u64, StoreError> {
        let sql = format!(
            "DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} WHERE {over} LIMIT {BATCH}) AND {over}"
        );
        self.unit.touched(&sql, []).await
    }
}
