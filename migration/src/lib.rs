//! Voxgate's schema: tables, roles, row-level security policies, functions and grants.
//!
//! To add a table: a file or function that calls [`walls::tenant_table`], a migration that runs it (appended to
//! [`Migrator`], never edited once released), an entity in `voxgate-entity` and a store file. `tests/it/rls.rs` reads
//! the catalog and widens by itself.

mod accounts;
mod answers;
mod audit;
mod desk;
mod devices;
mod flights;
mod foundation;
mod functions;
mod nodes;
mod partitions;
mod passwords;
mod people;
mod roles;
mod services;
mod sessions;
mod walls;

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectOptions, Database, DatabaseConnection, TransactionTrait},
};

pub use roles::{APP, LOOKUP, SEQUENCER};

/// The list of migrations, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(foundation::Migration),
            Box::new(people::Migration),
            Box::new(desk::Migration),
            Box::new(answers::Migration),
            Box::new(passwords::Migration),
            Box::new(devices::Migration),
            Box::new(nodes::Migration),
            Box::new(services::Migration),
            Box::new(flights::Migration),
        ]
    }
}

/// Held while a database is migrated, so that two programs starting at once do it one after the other.
/// Advisory locks belong to one database; what databases of a cluster share (roles) is made race-safe in [`roles`].
const MIGRATION_LOCK: i64 = 0x766f_7867_6174_6501;

/// Brings the database behind `owner_url` to the present schema and closes it to everybody but Voxgate's roles.
///
/// The role of the URL must own the database. It needs CREATEROLE only while Voxgate's roles are missing, and never
/// superuser. Everything happens in one transaction: it is done completely or not at all. Doing it again is free.
pub async fn migrate(owner_url: &str) -> Result<(), DbErr> {
    let db = connect(owner_url).await?;
    let outcome = up(&db).await;
    db.close().await?;
    outcome
}

/// Makes only the first `count` steps: what a database of an older version looks like, for tests of upgrades.
pub async fn migrate_first(owner_url: &str, count: u32) -> Result<(), DbErr> {
    let db = connect(owner_url).await?;
    let outcome = steps(&db, Some(count)).await;
    db.close().await?;
    outcome
}

async fn connect(owner_url: &str) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(owner_url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await
}

/// [`migrate`] on a connection that is open already.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    steps(db, None).await
}

async fn steps(db: &DatabaseConnection, count: Option<u32>) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    tx.execute_unprepared(&format!(
        "SET LOCAL search_path = public, pg_temp; SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"
    ))
    .await?;
    Migrator::up(&tx, count).await?;
    walls::close_database(&tx).await?;
    tx.commit().await
}
