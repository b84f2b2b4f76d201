//! The role of whoever acted, as it was then.

use sea_orm_migration::prelude::*;

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000060_actor_role"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The outbox comes last: everybody at work writes to it, and it is locked until all of this is done. Rows from before
    /// stay without a role, and out of the index.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE audit_logs ADD COLUMN actor_role text;
            CREATE INDEX audit_logs_actor_role ON audit_logs (company_id, actor_role, seq) WHERE actor_role IS NOT NULL;
            ALTER TABLE outbox ADD COLUMN actor_role text";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("rows of the audit log would not verify any more: go back by a backup".into()))
    }
}
