//! Networks an account has signed in from, and which sessions began on one that was new to it.

use sea_orm_migration::prelude::*;

/// Adds them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000070_networks"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// A network is kept as a device is: by a keyed mark, as long, for the same reasons.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE devices ADD COLUMN network boolean NOT NULL DEFAULT false;
            ALTER TABLE sessions ADD COLUMN new_network boolean NOT NULL DEFAULT false";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "DELETE FROM devices WHERE network; ALTER TABLE devices DROP COLUMN network;
            ALTER TABLE sessions DROP COLUMN new_network";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }
}
