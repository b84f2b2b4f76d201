//! Whether the database has every column this version reads and writes. An older schema would be found out by the first
//! request that needs what is missing; the start of the server is the better place.

use std::collections::BTreeSet;

use sea_orm::{EntityTrait, IdenStatic, Iterable};
use voxgate_entity as entity;

use super::{Store, StoreError, unit::Unit};

const COLUMNS: &str = "SELECT c.relname || '.' || a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped";

macro_rules! wanted {
    ($($table:ident),+ $(,)?) => { [$(columns::<entity::$table::Entity>()),+].concat() };
}

impl Store {
    /// The columns this version needs and the database does not have, as `table.column`; empty when it is up to date.
    pub async fn missing_columns(&self) -> Result<Vec<String>, StoreError> {
        let unit = Unit::begin(&self.app, "").await?;
        let rows = unit.rows(COLUMNS, []).await?;
        let there = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<BTreeSet<String>, _>>()?;
        unit.finish::<_, StoreError>(Ok(())).await?;
        Ok(wanted().into_iter().filter(|column| !there.contains(column)).collect())
    }
}

fn wanted() -> Vec<String> {
    wanted!(
        former_passwords,
        attempts,
        audit_checkpoints,
        audit_heads,
        audit_logs,
        backup_codes,
        companies,
        devices,
        factors,
        invitations,
        kept_answers,
        mail_outbox,
        one_time_tokens,
        outbox,
        refresh_tokens,
        revocations,
        service_credentials,
        sessions,
        users
    )
}

fn columns<E: EntityTrait>() -> Vec<String> {
    let table = E::default();
    E::Column::iter().map(|column| format!("{}.{}", table.table_name(), column.as_str())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_house_is_asked_for() {
        let tables: BTreeSet<_> =
            wanted().iter().map(|column| column.split('.').next().unwrap_or("").to_owned()).collect();
        let listed =
            include_str!("../../entity/src/lib.rs").lines().filter(|line| line.starts_with("pub mod ")).count();
        assert_eq!(tables.len(), listed, "{tables:?}");
    }
}
