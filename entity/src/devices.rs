//! Devices, and networks, an account has signed in from.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "devices")]
pub struct Model {
    /// Whose company.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// Keyed hash of what it is known by.
    pub mark: Vec<u8>,
    /// Whether it is a network, and no device.
    pub network: bool,
    /// First sign-in.
    pub first_seen_at: TimeDateTimeWithTimeZone,
    /// Last sign-in.
    pub last_seen_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
