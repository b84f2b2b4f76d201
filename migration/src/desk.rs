//! What the live desk counts: events of some kinds in a stretch of time.

use sea_orm_migration::prelude::*;

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260103_000010_desk"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "CREATE INDEX audit_logs_kind_time ON audit_logs (company_id, kind, at)";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX audit_logs_kind_time").await?;
        Ok(())
    }
}
