//! Sessions, the tokens that start and renew them, their revocations, and the counters of attempts.

use sea_orm_migration::prelude::*;

use crate::walls::{TENANT, TenantTable, guard, tenant_table};

/// Creates the tables of this file.
pub(crate) async fn create(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    for table in [SESSIONS, REFRESH_TOKENS, ONE_TIME_TOKENS, REVOCATIONS, DEVICES] {
        tenant_table(db, &table).await?;
    }
    attempts(db).await
}

const SESSIONS: TenantTable = TenantTable {
    name: "sessions",
    columns: "id uuid NOT NULL,
        user_id uuid NOT NULL,
        amr text[] NOT NULL,
        auth_time timestamptz NOT NULL,
        client text NOT NULL CHECK (client IN ('web', 'api')),
        ip text,
        user_agent text,
        created_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL,
        revoked_at timestamptz,
        revoke_reason text,
        FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE",
    app: "SELECT, INSERT, UPDATE",
    sequencer: "SELECT, DELETE",
    indexes: "CREATE INDEX sessions_live ON sessions (company_id, user_id) WHERE revoked_at IS NULL;
        CREATE INDEX sessions_by_user ON sessions (company_id, user_id, created_at);
        CREATE INDEX sessions_sweep ON sessions (expires_at)",
    ..TENANT
};

const REFRESH_TOKENS: TenantTable = TenantTable {
    name: "refresh_tokens",
    columns: "id uuid NOT NULL DEFAULT uuid_v7(),
        session_id uuid NOT NULL,
        parent_id uuid,
        hash bytea NOT NULL,
        used_at timestamptz,
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT refresh_tokens_hash_unique UNIQUE (company_id, hash),
        CONSTRAINT refresh_tokens_one_child UNIQUE (company_id, parent_id),
        FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, id) ON DELETE CASCADE",
    app: "SELECT, INSERT, UPDATE",
    sequencer: "SELECT, DELETE",
    indexes: "CREATE INDEX refresh_tokens_family ON refresh_tokens (company_id, session_id);
        CREATE INDEX refresh_tokens_sweep ON refresh_tokens (expires_at)",
    ..TENANT
};

const ONE_TIME_TOKENS: TenantTable = TenantTable {
    name: "one_time_tokens",
    columns: "id uuid NOT NULL DEFAULT uuid_v7(),
        purpose text NOT NULL,
        holder uuid NOT NULL,
        user_id uuid,
        hash bytea NOT NULL,
        tries int NOT NULL DEFAULT 0,
        max_tries int NOT NULL,
        credential_version bigint,
        session_id uuid,
        used_at timestamptz,
        expires_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT one_time_tokens_hash_unique UNIQUE (company_id, hash),
        FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE,
        FOREIGN KEY (company_id, session_id) REFERENCES sessions (company_id, id) ON DELETE CASCADE",
    app: "SELECT, INSERT, UPDATE",
    sequencer: "SELECT, DELETE",
    indexes: "CREATE INDEX one_time_tokens_by_user ON one_time_tokens (company_id, user_id) WHERE used_at IS NULL;
        CREATE INDEX one_time_tokens_by_holder ON one_time_tokens (company_id, holder) WHERE used_at IS NULL;
        CREATE INDEX one_time_tokens_by_session ON one_time_tokens (company_id, session_id);
        CREATE INDEX one_time_tokens_sweep ON one_time_tokens (expires_at)",
    ..TENANT
};

const REVOCATIONS: TenantTable = TenantTable {
    name: "revocations",
    columns: "id uuid NOT NULL DEFAULT uuid_v7(),
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        scope text NOT NULL CHECK (scope IN ('session', 'user', 'assurance', 'company')),
        target uuid NOT NULL,
        min_epoch bigint,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL",
    app: "SELECT, INSERT",
    sequencer: "SELECT, DELETE",
    indexes: "-- The feed reads all companies by transaction number.
        CREATE INDEX revocations_feed ON revocations (xid);
        CREATE INDEX revocations_sweep ON revocations (expires_at)",
    ..TENANT
};

/// Devices an account has signed in from. Their marks are keyed hashes: the table says nothing about them.
const DEVICES: TenantTable = TenantTable {
    name: "devices",
    columns: "id uuid NOT NULL DEFAULT uuid_v7(),
        user_id uuid NOT NULL,
        mark bytea NOT NULL,
        first_seen_at timestamptz NOT NULL DEFAULT now(),
        last_seen_at timestamptz NOT NULL DEFAULT now(),
        CONSTRAINT devices_mark_unique UNIQUE (company_id, user_id, mark),
        FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id) ON DELETE CASCADE",
    app: "SELECT, INSERT, UPDATE, DELETE",
    sequencer: "SELECT, DELETE",
    indexes: "CREATE INDEX devices_sweep ON devices (last_seen_at)",
    ..TENANT
};

/// The one table without a company: an unknown address has none, and must be counted like a known one. Its keys are
/// keyed hashes, so it says nothing to whoever reads it. Row-level security is forced all the same.
async fn attempts(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(
        "CREATE TABLE attempts (
           key bytea PRIMARY KEY,
           tries int NOT NULL,
           window_started_at timestamptz NOT NULL,
           consecutive int NOT NULL
         );
         CREATE INDEX attempts_sweep ON attempts (window_started_at)",
    )
    .await?;
    guard(db, "attempts", "true", "SELECT, INSERT, UPDATE, DELETE", "SELECT, DELETE").await
}
