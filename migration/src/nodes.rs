//! The nodes that serve, who is connected to which of them, and how often the installation was brought back from a backup.

use sea_orm_migration::prelude::*;

use crate::walls::{TENANT, TenantTable, guard, tenant_table};

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000030_nodes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        nodes(db).await?;
        installation(db).await?;
        tenant_table(db, &PRESENCE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "DROP TABLE presence; DROP TABLE installation; DROP TABLE nodes";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}

/// No company's: processes and where they listen. The everyday role has no rights here.
async fn nodes(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(
        "CREATE TABLE nodes (
           id uuid PRIMARY KEY,
           address text NOT NULL,
           version text NOT NULL,
           started_at timestamptz NOT NULL DEFAULT now(),
           seen_at timestamptz NOT NULL DEFAULT now(),
           draining boolean NOT NULL DEFAULT false,
           -- What is wrong with its bus; empty while nothing is.
           bus_trouble text NOT NULL DEFAULT '',
           -- Where its last pull of revocations ended: all older transactions are in its set.
           revocations_cursor bigint NOT NULL DEFAULT 0
         )",
    )
    .await?;
    guard(db, "nodes", "true", "", "SELECT, INSERT, UPDATE, DELETE").await
}

/// One row. Its epoch rises when the database was brought back from a backup: what was said before may not be so now.
async fn installation(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(
        "CREATE TABLE installation (
           only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
           epoch bigint NOT NULL DEFAULT 1,
           recovered_at timestamptz
         );
         INSERT INTO installation DEFAULT VALUES",
    )
    .await?;
    guard(db, "installation", "true", "", "SELECT, UPDATE").await
}

/// The sessions of a company with a live socket on a node. What a node that is gone left behind counts for nothing.
const PRESENCE: TenantTable = TenantTable {
    name: "presence",
    columns: "node_id uuid NOT NULL,
        sessions uuid[] NOT NULL DEFAULT '{}',
        noted_at timestamptz NOT NULL DEFAULT now()",
    key: "node_id",
    sequencer: "SELECT, DELETE",
    indexes: "CREATE INDEX presence_sweep ON presence (node_id)",
    ..TENANT
};
