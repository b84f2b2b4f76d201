//! Refresh tokens, each used once.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_tokens")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Session it belongs to.
    pub session_id: Uuid,
    /// The token it replaced.
    pub parent_id: Option<Uuid>,
    /// SHA-256.
    pub hash: Vec<u8>,
    /// When it was spent.
    pub used_at: Option<TimeDateTimeWithTimeZone>,
    /// When it ends.
    pub expires_at: TimeDateTimeWithTimeZone,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
