//! Acts of revocation, read by every node.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "revocations")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// `session`, `user`, `assurance`, `rights`, `company` or `others`.
    pub scope: String,
    /// Which one.
    pub target: Uuid,
    /// First epoch still alive.
    pub min_epoch: Option<i64>,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// When every token it hits has expired by itself.
    pub expires_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
