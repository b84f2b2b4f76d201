//! The nodes that serve this database, and the installation's epoch.

use std::time::Duration;

use sea_orm::QueryResult;
use time::OffsetDateTime;
use uuid::Uuid;

use super::{StoreError, SystemTx};
use crate::domain::ids::NodeId;

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeBeat {
    /// Its id.
    pub id: NodeId,
    /// Where it listens.
    pub address: String,
    /// The version of its program.
    pub version: &'static str,
    /// Whether it is about to stop and takes nobody new.
    pub draining: bool,
    /// What is wrong with its bus; empty while nothing is.
    pub bus_trouble: String,
    /// Where its last pull of revocations ended.
    pub revocations_cursor: u64,
}

/// A node as others see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeRow {
    /// Its id.
    pub id: NodeId,
    /// Where it listens.
    pub address: String,
    /// The version of its program.
    pub version: String,
    /// Since when it serves.
    pub started_at: OffsetDateTime,
    /// Whether it is about to stop.
    pub draining: bool,
    /// What is wrong with its bus; empty while nothing is.
    pub bus_trouble: String,
    /// Where its last pull of revocations ended.
    pub revocations_cursor: u64,
}

/// What a beat answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The other nodes that were seen lately.
    pub others: Vec<NodeId>,
    /// The installation's epoch.
    pub epoch: i64,
}

/// A number for the database, whose whole numbers have a sign. Transaction numbers never come near its limit.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

const BEAT: &str = "
    INSERT INTO nodes AS n (id, address, version, draining, bus_trouble, revocations_cursor)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (id) DO UPDATE SET seen_at = now(), draining = excluded.draining,
      bus_trouble = excluded.bus_trouble, revocations_cursor = excluded.revocations_cursor";

const AROUND: &str = "
    SELECT i.epoch, n.id FROM installation i
    LEFT JOIN nodes n ON n.id <> $1 AND n.seen_at > now() - make_interval(secs => $2)";

impl SystemTx {
    /// Says that a node lives, and looks around: who else was seen within `lately`.
    pub async fn beat(&self, node: &NodeBeat, lately: Duration) -> Result<Surroundings, StoreError> {
        let values = [
            node.id.0.into(),
            node.address.clone().into(),
            node.version.into(),
            node.draining.into(),
            node.bus_trouble.clone().into(),
            signed(node.revocations_cursor).into(),
        ];
        self.unit.touched(BEAT, values).await?;
        self.surroundings(node.id, lately).await
    }

    /// Looks around without being seen: what a command that serves nobody needs.
    pub async fn surroundings(&self, me: NodeId, lately: Duration) -> Result<Surroundings, StoreError> {
        let mut around = Surroundings::default();
        for row in self.unit.rows(AROUND, [me.0.into(), lately.as_secs_f64().into()]).await? {
            let (epoch, other): (i64, Option<Uuid>) = row.try_get_many_by_index()?;
            around.epoch = epoch;
            around.others.extend(other.map(NodeId));
        }
        Ok(around)
    }

    /// A node has stopped: neither it nor who was connected to it is there any more.
    pub async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.unit.touched("DELETE FROM presence WHERE node_id = $1", [node.0.into()]).await?;
        self.unit.touched("DELETE FROM nodes WHERE id = $1", [node.0.into()]).await?;
        Ok(())
    }

    /// Forgets nodes that were not seen for an hour, and who was connected to nodes that are not there.
    pub async fn forget_lost_nodes(&self) -> Result<u64, StoreError> {
        let lost = self.unit.touched("DELETE FROM nodes WHERE seen_at < now() - interval '1 hour'", []).await?;
        let left = "DELETE FROM presence p WHERE noted_at < now() - interval '1 minute'
                    AND NOT EXISTS (SELECT FROM nodes n WHERE n.id = p.node_id)";
        self.unit.touched(left, []).await?;
        Ok(lost)
    }

    /// The nodes seen within `lately`, oldest first.
    pub async fn nodes(&self, lately: Duration) -> Result<Vec<NodeRow>, StoreError> {
        let sql = "SELECT id, address, version, started_at, draining, bus_trouble, revocations_cursor FROM nodes
                   WHERE seen_at > now() - make_interval(secs => $1) ORDER BY started_at, id";
        let rows = self.unit.rows(sql, [lately.as_secs_f64().into()]).await?;
        let read = |row: &QueryResult| {
            let (id, address, version, started_at, draining, bus_trouble, cursor): (Uuid, _, _, _, _, _, i64) =
                row.try_get_many_by_index()?;
            let revocations_cursor = cursor.unsigned_abs();
            Ok(NodeRow { id: id.into(), address, version, started_at, draining, bus_trouble, revocations_cursor })
        };
        rows.iter().map(read).collect()
    }

    /// Raises the installation's epoch beyond every one it ever had, also those a backup knows nothing of.
    pub async fn raise_epoch(&self) -> Result<i64, StoreError> {
        let sql = "UPDATE installation SET recovered_at = now(),
                   epoch = greatest(epoch + 1, extract(epoch FROM clock_timestamp())::bigint) RETURNING epoch";
        let row = self.unit.row(sql, []).await?;
        let row = row.ok_or_else(|| StoreError::Internal("the installation has no row".into()))?;
        Ok(row.try_get_by_index(0)?)
    }
}
