//! Answers that are kept for a day, so that a request that is sent again is answered again; and the sign-in without a
//! company, which prefers accounts whose address was confirmed.

use sea_orm_migration::prelude::*;

use crate::{roles::LOOKUP, walls::guard};

/// Adds it.
pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m20260103_000003_answers"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        kept_answers(manager.get_connection()).await?;
        prefer_confirmed(manager.get_connection()).await
    }

    async fn down(&self, _manager: &SchemaManager) -> Result<(), DbErr> {
        Err(DbErr::Migration("kept answers would be lost: go back by a backup".into()))
    }
}

/// Without a company, like `attempts`: who registers one has none yet. Keys and fingerprints are keyed hashes and the
/// answers are sealed, so it says nothing to whoever reads it. Row-level security is forced all the same.
async fn kept_answers(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(
        "CREATE TABLE kept_answers (
           key bytea PRIMARY KEY,
           fingerprint bytea NOT NULL,
           sealed bytea NOT NULL DEFAULT '',
           key_id text NOT NULL DEFAULT '',
           expires_at timestamptz NOT NULL
         );
         CREATE INDEX kept_answers_sweep ON kept_answers (expires_at)",
    )
    .await?;
    guard(db, "kept_answers", "true", "SELECT, INSERT, UPDATE", "SELECT, DELETE").await
}

/// Anybody can found a company under a stranger's address. Unconfirmed, it must not draw that person's sign-ins.
async fn prefer_confirmed(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!(
        "CREATE OR REPLACE FUNCTION find_account(wanted_email text, wanted_slug text)
         RETURNS TABLE (company_id uuid, user_id uuid)
         LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
           SELECT u.company_id, u.id
           FROM public.users u JOIN public.companies c ON c.id = u.company_id
           WHERE u.email_norm = wanted_email AND c.status = 'active' AND (wanted_slug IS NULL OR c.slug = wanted_slug)
           ORDER BY (u.status = 'active') DESC, (u.email_verified_at IS NOT NULL) DESC,
             u.last_login_at DESC NULLS LAST, u.created_at
           LIMIT 1
         $$;
         GRANT SELECT (email_verified_at) ON users TO {LOOKUP}"
    ))
    .await?;
    Ok(())
}
