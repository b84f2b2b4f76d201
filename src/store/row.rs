//! Small helpers to read rows.

use sea_orm::{EntityTrait, Iden, Iterable};

use super::StoreError;
use crate::domain::principal::Role;

/// `alias.column AS prefix_column, …` for every column of an entity, so that a raw statement can answer whole models.
pub(super) fn columns<E: EntityTrait>(alias: &str, prefix: &str) -> String {
    let names = E::Column::iter().map(|column| column.to_string());
    names.map(|name| format!("{alias}.{name} AS {prefix}{name}")).collect::<Vec<_>>().join(", ")
}

/// Reads a role, or names the row that has none.
pub(super) fn role(text: &str, table: &'static str, key: impl ToString) -> Result<Role, StoreError> {
    Role::parse(text).ok_or_else(|| bad(table, key, format!("unknown role `{text}`")))
}

/// Reads a SHA-256 or a salt.
pub(super) fn digest(bytes: Vec<u8>, table: &'static str, key: impl ToString) -> Result<[u8; 32], StoreError> {
    <[u8; 32]>::try_from(bytes).map_err(|_| bad(table, key, "a hash is not 32 bytes long".into()))
}

pub(super) fn bad(table: &'static str, key: impl ToString, what: String) -> StoreError {
    StoreError::BadRow { table, key: key.to_string(), what }
}
