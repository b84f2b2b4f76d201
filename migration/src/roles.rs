//! The roles Voxgate works with. They belong to the cluster, not to one database, so making them must stand several
//! databases being migrated at the same moment. They get no passwords here: the operator sets those, and private
//! clusters on a Unix socket need none.

use sea_orm_migration::prelude::*;

/// Serves requests: sees the company in `app.company_id` and nothing else.
pub const APP: &str = "voxgate_app";
/// Cross-company background work: audit numbering, revocation feed, mail, sweeping.
pub const SEQUENCER: &str = "voxgate_sequencer";
/// Owns the one function that finds an account before its company is known. Nobody can log in as it.
pub const LOOKUP: &str = "voxgate_lookup";

/// Creates the roles that are missing.
pub(crate) async fn create(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    for (role, login) in [(APP, "LOGIN"), (SEQUENCER, "LOGIN"), (LOOKUP, "NOLOGIN")] {
        db.execute_unprepared(&format!(
            "DO $$ BEGIN
               IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                 CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
               END IF;
             EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; -- another database was faster
             END $$"
        ))
        .await?;
    }
    join_lookup(db).await
}

/// The owner must be a member of the lookup role to give it its function. If this fails although it was needed,
/// the change of owner fails aloud afterwards; so every error here (already granted, granted by a neighbour at the
/// same moment, not allowed but not needed) may pass.
async fn join_lookup(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    db.execute_unprepared(&format!(
        "DO $$ BEGIN
           IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
             GRANT {LOOKUP} TO CURRENT_USER;
           END IF;
         EXCEPTION WHEN OTHERS THEN NULL;
         END $$"
    ))
    .await?;
    Ok(())
}
