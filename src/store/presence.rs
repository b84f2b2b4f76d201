//! Which sessions of a company have a live socket, node by node.

use std::collections::HashSet;

use uuid::Uuid;

use super::{StoreError, TenantTx};
use crate::domain::ids::{NodeId, SessionId};

impl TenantTx {
    /// Notes who of the company is connected to a node; replaces what was noted before.
    pub async fn note_presence(&self, node: NodeId, sessions: &[SessionId]) -> Result<(), StoreError> {
        let (company, node) = (self.company.0.into(), node.0.into());
        if sessions.is_empty() {
            let sql = "DELETE FROM presence WHERE company_id = $1 AND node_id = $2";
            self.unit.touched(sql, [company, node]).await?;
            return Ok(());
        }
        let ids: Vec<Uuid> = sessions.iter().map(|session| session.0).collect();
        let sql = "INSERT INTO presence (company_id, node_id, sessions) VALUES ($1, $2, $3::uuid[])
                   ON CONFLICT (company_id, node_id) DO UPDATE SET sessions = excluded.sessions, noted_at = now()";
        self.unit.touched(sql, [company, node, ids.into()]).await?;
        Ok(())
    }

    /// The sessions of the company that are connected to one of these nodes.
    pub async fn present_at(&self, nodes: &[NodeId]) -> Result<HashSet<SessionId>, StoreError> {
        let sql = "SELECT DISTINCT unnest(sessions) FROM presence WHERE company_id = $1 AND node_id = ANY ($2::uuid[])";
        let nodes: Vec<Uuid> = nodes.iter().map(|node| node.0).collect();
        let rows = self.unit.rows(sql, [self.company.0.into(), nodes.into()]).await?;
        rows.iter().map(|row| Ok(SessionId(row.try_get_by_index(0)?))).collect()
    }
}
