//! Sessions remember whether they began on a device that was new to their account.

use sea_orm_migration::prelude::*;

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000020_new_devices"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE sessions ADD COLUMN new_device boolean NOT NULL DEFAULT false";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("ALTER TABLE sessions DROP COLUMN new_device").await?;
        Ok(())
    }
}
