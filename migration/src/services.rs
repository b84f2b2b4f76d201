//! Keys of services that verify tokens.

use sea_orm_migration::prelude::*;

use crate::walls::{TENANT, TenantTable, tenant_table};

/// Adds them.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260104_000020_services"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        tenant_table(manager.get_connection(), &SERVICE_CREDENTIALS).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("the keys of services would be lost: go back by a backup".into()))
    }
}

/// Without a reference to companies: those of the whole installation are held by the company that does not exist, which
/// only the operator's commands ever open.
const SERVICE_CREDENTIALS: TenantTable = TenantTable {
    name: "service_credentials",
    columns: "id uuid NOT NULL,
        name text NOT NULL,
        scopes text[] NOT NULL,
        hash bytea NOT NULL,
        previous_hash bytea,
        previous_until timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        rotated_at timestamptz,
        last_used_at timestamptz,
        expires_at timestamptz,
        revoked_at timestamptz",
    of_company: false,
    app: "SELECT, INSERT, UPDATE",
    indexes: "CREATE INDEX service_credentials_by_age ON service_credentials (company_id, created_at, id)",
    ..TENANT
};
