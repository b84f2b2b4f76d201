//! The first schema.

use sea_orm_migration::prelude::*;

use crate::{accounts, audit, functions, roles, sessions};

/// Everything the first version of Voxgate keeps.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260101_000001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        roles::create(db).await?;
        functions::basic(db).await?;
        accounts::create(db).await?;
        sessions::create(db).await?;
        audit::create(db).await?;
        functions::lookup(db).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the first schema is not taken back: drop the database instead".into()))
    }
}
