//! What happened (outbox, audit log and its heads) and what is to be mailed.

use sea_orm_migration::prelude::*;

use crate::{
    partitions,
    roles::SEQUENCER,
    walls::{TENANT, TenantTable, tenant_table},
};

/// Creates the tables of this file.
pub(crate) async fn create(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    for table in [OUTBOX, AUDIT_HEADS, AUDIT_LOGS, AUDIT_CHECKPOINTS, MAIL_OUTBOX] {
        tenant_table(db, &table).await?;
    }
    db.execute_unprepared(&format!(
        "GRANT UPDATE (ip, user_agent, salt, data) ON audit_logs TO {SEQUENCER};
         CREATE POLICY audit_logs_sequencer_update ON audit_logs FOR UPDATE TO {SEQUENCER} USING (true) WITH CHECK (true)"
    ))
    .await?;
    partitions::create(db).await
}

/// Written by the business transaction, emptied by the sequencer. Business can only add to it.
const OUTBOX: TenantTable = TenantTable {
    name: "outbox",
    columns: "id bigint GENERATED ALWAYS AS IDENTITY,
        event_id uuid NOT NULL DEFAULT uuid_v7(),
        at timestamptz NOT NULL DEFAULT clock_timestamp(),
        kind text NOT NULL,
        severity text NOT NULL,
        actor_type text NOT NULL,
        actor_id uuid,
        subject_type text,
        subject_id uuid,
        session_id uuid,
        ip text,
        user_agent text,
        request_id uuid,
        data jsonb NOT NULL,
        -- 256 bits of which 244 are random: what the digest of the row's personal part is made with.
        salt bytea NOT NULL DEFAULT uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())",
    of_company: false,
    app: "INSERT",
    sequencer: "SELECT, INSERT, UPDATE, DELETE",
    indexes: "CREATE INDEX outbox_order ON outbox (id)",
    ..TENANT
};

/// Last number and hash of each company's audit log.
const AUDIT_HEADS: TenantTable = TenantTable {
    name: "audit_heads",
    columns: "seq bigint NOT NULL, hash bytea NOT NULL",
    key: "",
    of_company: false,
    app: "SELECT",
    sequencer: "SELECT, INSERT, UPDATE",
    ..TENANT
};

/// The audit log: only the sequencer adds a row, takes rows away when their time is over, and erases what is personal in
/// them. What a row's hash covers nobody may change.
const AUDIT_LOGS: TenantTable = TenantTable {
    name: "audit_logs",
    columns: "seq bigint NOT NULL,
        id uuid NOT NULL,
        at timestamptz NOT NULL,
        kind text NOT NULL,
        severity text NOT NULL,
        actor_type text NOT NULL,
        actor_id uuid,
        subject_type text,
        subject_id uuid,
        session_id uuid,
        ip text,
        user_agent text,
        request_id uuid,
        data jsonb NOT NULL,
        personal bytea NOT NULL,
        salt bytea,
        prev_hash bytea NOT NULL,
        hash bytea NOT NULL",
    // Numbers are unique in a company because its head is locked; a key of a partitioned table must hold the time.
    partition: "PARTITION BY RANGE (at)",
    key: "seq, at",
    of_company: false,
    app: "SELECT",
    sequencer: "SELECT, INSERT, DELETE",
    indexes: "CREATE INDEX audit_logs_kind ON audit_logs (company_id, kind, seq);
        CREATE INDEX audit_logs_actor ON audit_logs (company_id, actor_id, seq);
        CREATE INDEX audit_logs_subject ON audit_logs (company_id, subject_id, seq);
        CREATE INDEX audit_logs_session ON audit_logs (company_id, session_id, seq);
        CREATE INDEX audit_logs_ip ON audit_logs (company_id, ip, seq);
        CREATE INDEX audit_logs_time ON audit_logs (company_id, at, seq);
        CREATE INDEX audit_logs_erased ON audit_logs (company_id, at) WHERE kind = 'user.erased'",
};

/// Where each company's log stood at the end of a day, signed. Kept when the rows are not: nobody changes or takes away one.
const AUDIT_CHECKPOINTS: TenantTable = TenantTable {
    name: "audit_checkpoints",
    columns: "day date NOT NULL,
        seq bigint NOT NULL,
        hash bytea NOT NULL,
        rows bigint NOT NULL,
        at timestamptz NOT NULL,
        key_id text NOT NULL,
        signature text NOT NULL,
        CONSTRAINT audit_checkpoints_seq_unique UNIQUE (company_id, seq)",
    key: "day",
    of_company: false,
    app: "SELECT",
    sequencer: "SELECT, INSERT",
    ..TENANT
};

/// Mails to be sent. What they say is sealed, and wiped once it was sent.
const MAIL_OUTBOX: TenantTable = TenantTable {
    name: "mail_outbox",
    columns: "id uuid NOT NULL,
        kind text NOT NULL,
        recipient text NOT NULL,
        sealed bytea NOT NULL,
        key_id text NOT NULL,
        attempts int NOT NULL DEFAULT 0,
        next_attempt_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz,
        sent_at timestamptz,
        failed_at timestamptz,
        last_error text,
        created_at timestamptz NOT NULL DEFAULT now()",
    app: "INSERT",
    sequencer: "SELECT, UPDATE, DELETE",
    indexes:
        "CREATE INDEX mail_outbox_due ON mail_outbox (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
        CREATE INDEX mail_outbox_sweep ON mail_outbox (created_at)",
    ..TENANT
};
