//! Companies, people and their second factors.

use sea_orm_migration::prelude::*;

use crate::walls::{TENANT, TenantTable, guard, tenant_table};

/// Creates the tables of this file.
pub(crate) async fn create(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    companies(db).await?;
    for table in [USERS, FACTORS, BACKUP_CODES, INVITATIONS] {
        tenant_table(db, &table).await?;
    }
    Ok(())
}

/// The table of tenants is walled by its own key.
async fn companies(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(
        "CREATE TABLE companies (
           id uuid PRIMARY KEY,
           slug text NOT NULL UNIQUE,
           name text NOT NULL,
           status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
           mfa_required boolean NOT NULL DEFAULT false,
           password_min_length int NOT NULL DEFAULT 8 CHECK (password_min_length BETWEEN 8 AND 64),
           session_idle_seconds int NOT NULL DEFAULT 604800 CHECK (session_idle_seconds BETWEEN 300 AND 604800),
           session_absolute_seconds int NOT NULL DEFAULT 2592000
             CHECK (session_absolute_seconds BETWEEN 3600 AND 2592000),
           max_sessions_per_user int NOT NULL DEFAULT 100 CHECK (max_sessions_per_user BETWEEN 1 AND 100),
           notify_new_device boolean NOT NULL DEFAULT true,
           notify_admins boolean NOT NULL DEFAULT true,
           -- None: for ever.
           audit_retention_days int DEFAULT 365 CHECK (audit_retention_days BETWEEN 30 AND 3650),
           auth_epoch bigint NOT NULL DEFAULT 1,
           created_at timestamptz NOT NULL DEFAULT now(),
           updated_at timestamptz NOT NULL DEFAULT now()
         )",
    )
    .await?;
    guard(db, "companies", "id = (SELECT current_company())", "SELECT, INSERT, UPDATE", "SELECT").await
}

const USERS: TenantTable = TenantTable {
    name: "users",
    columns: "id uuid NOT NULL,
        email text NOT NULL,
        email_norm text NOT NULL,
        full_name text NOT NULL,
        password_hash text,
        role text NOT NULL CHECK (role IN ('user', 'manager', 'admin')),
        status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'deactivated')),
        auth_epoch bigint NOT NULL DEFAULT 1,
        credential_version bigint NOT NULL DEFAULT 1,
        mfa_enabled boolean NOT NULL DEFAULT false,
        email_verified_at timestamptz,
        last_login_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        updated_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT users_email_unique UNIQUE (company_id, email_norm)",
    app: "SELECT, INSERT, UPDATE, DELETE",
    indexes: "CREATE INDEX users_by_age ON users (company_id, created_at, id);
        -- For find_account(), which does not know the company yet.
        CREATE INDEX users_email_lookup ON users (email_norm)",
    ..TENANT
};

const FACTORS: TenantTable = TenantTable {
    name: "factors",
    columns: "id uuid NOT NULL,
        user_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('totp')),
        status text NOT NULL CHECK (status IN ('pending', 'active')),
        sealed bytea NOT NULL,
        key_id text NOT NULL,
        last_step bigint NOT NULL DEFAULT 0,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        confirmed_at timestamptz,
        FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE",
    indexes: "CREATE UNIQUE INDEX factors_one_active ON factors (company_id, user_id, kind) WHERE status = 'active';
        CREATE UNIQUE INDEX factors_one_pending ON factors (company_id, user_id, kind) WHERE status = 'pending'",
    ..TENANT
};

const BACKUP_CODES: TenantTable = TenantTable {
    name: "backup_codes",
    columns: "id uuid NOT NULL,
        user_id uuid NOT NULL,
        digest bytea NOT NULL,
        sealed bytea NOT NULL,
        key_id text NOT NULL,
        used_at timestamptz,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT backup_codes_digest_unique UNIQUE (company_id, user_id, digest),
        FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE",
    ..TENANT
};

const INVITATIONS: TenantTable = TenantTable {
    name: "invitations",
    columns: "id uuid NOT NULL,
        email text NOT NULL,
        email_norm text NOT NULL,
        role text NOT NULL CHECK (role IN ('user', 'manager', 'admin')),
        invited_by uuid NOT NULL,
        status text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'accepted', 'withdrawn')),
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        closed_at timestamptz,
        FOREIGN KEY (company_id, invited_by) REFERENCES users (company_id, id) ON DELETE CASCADE",
    app: "SELECT, INSERT, UPDATE, DELETE",
    indexes:
        "CREATE UNIQUE INDEX invitations_one_pending ON invitations (company_id, email_norm) WHERE status = 'pending';
        CREATE INDEX invitations_by_age ON invitations (company_id, created_at, id)",
    ..TENANT
};
