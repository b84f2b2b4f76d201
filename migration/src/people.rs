//! What people and their addresses need beyond the first schema: revocations that change rights or spare one session,
//! and tokens that confirm an address.

use sea_orm_migration::prelude::*;

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260102_000002_people"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE revocations DROP CONSTRAINT revocations_scope_check;
            ALTER TABLE revocations ADD CONSTRAINT revocations_scope_check
              CHECK (scope IN ('session', 'user', 'assurance', 'rights', 'company', 'others'));
            ALTER TABLE one_time_tokens ADD COLUMN address text";
        manager.get_connection().execute_unprepared(sql).await?;
        Ok(())
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("tokens and revocations of the newer kinds would be lost: go back by a backup".into()))
    }
}
