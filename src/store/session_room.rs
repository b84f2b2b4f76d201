//! Room for a new session: the oldest make way where somebody has more than the company allows, and very many are noticed.

use std::time::Duration;

use sea_orm::QueryResult;
use uuid::Uuid;

use super::{StoreError, TenantTx};
use crate::domain::{
    ids::{SessionId, UserId},
    session::{FEW_AGAIN, MANY},
};

/// What the company allows.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Sessions a person has at once.
    pub at_most: u32,
    /// Life of a session nobody uses.
    pub idle: Duration,
}

/// What room was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// The sessions that had to end.
    pub ended: Vec<SessionId>,
    /// How many are in use now, if they have just become many.
    pub many: Option<u32>,
}

/// One statement after the one that locked the account, so it sees every session committed before, and nobody else starts
/// one meanwhile. The mark on the account is what makes many sessions news once: it goes only when they are few again.
const MAKE_ROOM: &str = "
    WITH alive AS (
      SELECT id, last_seen_at, row_number() OVER (ORDER BY id = $3 DESC, created_at DESC, id DESC) AS place
      FROM sessions WHERE company_id = $1 AND user_id = $2 AND revoked_at IS NULL AND expires_at > now()),
    ended AS (
      UPDATE sessions SET revoked_at = now(), revoke_reason = $5
      WHERE company_id = $1 AND revoked_at IS NULL AND id IN (SELECT id FROM alive WHERE place > $4) RETURNING id),
    crowd AS (
      SELECT count(*) AS size FROM alive WHERE place <= $4 AND last_seen_at > now() - make_interval(secs => $6)),
    crossed AS (
      UPDATE users SET many_sessions = NOT many_sessions FROM crowd
      WHERE company_id = $1 AND id = $2 AND CASE WHEN many_sessions THEN size < $8 ELSE size >= $7 END
      RETURNING many_sessions, size)
    SELECT id, NULL::bigint FROM ended UNION ALL SELECT NULL::uuid, size FROM crossed WHERE many_sessions";

impl TenantTx {
    /// Ends the account's oldest live sessions until `at_most` are left, `newest` among them, and notices when those in
    /// use have become [`MANY`].
    ///
    /// Guarantees, called in the transaction that started `newest`, which holds the account: never more than `at_most` are
    /// alive; and of any number of callers on any number of nodes exactly one is told that they are many, until they were
    /// fewer than [`FEW_AGAIN`].
    pub async fn make_room(
        &self,
        user: UserId,
        newest: SessionId,
        allowed: Allowance,
        reason: &str,
    ) -> Result<Room, StoreError> {
        let values = [
            self.company.0.into(),
            user.0.into(),
            newest.0.into(),
            i64::from(allowed.at_most.max(1)).into(),
            reason.into(),
            allowed.idle.as_secs_f64().into(),
            i64::from(MANY).into(),
            i64::from(FEW_AGAIN).into(),
        ];
        let mut room = Room::default();
        for row in self.unit.rows(MAKE_ROOM, values).await? {
            room.read(&row)?;
        }
        Ok(room)
    }
}

impl Room {
    fn read(&mut self, row: &QueryResult) -> Result<(), StoreError> {
        let (ended, many) = row.try_get_many_by_index::<(Option<Uuid>, Option<i64>)>()?;
        self.ended.extend(ended.map(SessionId::from));
        self.many = many.map(|size| u32::try_from(size).unwrap_or(u32::MAX)).or(self.many);
        Ok(())
    }
}
