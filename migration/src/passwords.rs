//! Stricter rules for passwords, the passwords people had before, and a mark on who has very many sessions.

use sea_orm_migration::prelude::*;

use crate::walls::{TENANT, TenantTable, tenant_table};

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000020_passwords"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sql = "ALTER TABLE companies
              ADD COLUMN password_all_kinds boolean NOT NULL DEFAULT false,
              ADD COLUMN password_history int NOT NULL DEFAULT 0 CHECK (password_history BETWEEN 0 AND 5);
            ALTER TABLE users ADD COLUMN many_sessions boolean NOT NULL DEFAULT false";
        let db = manager.get_connection();
        db.execute_unprepared(sql).await?;
        tenant_table(db, &FORMER_PASSWORDS).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("rules of companies and former passwords would be lost: go back by a backup".into()))
    }
}

const FORMER_PASSWORDS: TenantTable = TenantTable {
    name: "former_passwords",
    columns: "id uuid NOT NULL DEFAULT uuid_v7(),
        user_id uuid NOT NULL,
        hash text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE",
    app: "SELECT, INSERT, DELETE",
    indexes: "CREATE INDEX former_passwords_of_user ON former_passwords (company_id, user_id, created_at)",
    ..TENANT
};
