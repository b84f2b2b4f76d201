//! Counters of attempts. They belong to no company: unknown addresses are counted like known ones.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "attempts")]
pub struct Model {
    /// Keyed hash of what is counted.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    /// Attempts in this window.
    pub tries: i32,
    /// When the window began.
    pub window_started_at: TimeDateTimeWithTimeZone,
    /// Attempts since the last success.
    pub consecutive: i32,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
