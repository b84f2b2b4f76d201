//! Second factors.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "factors")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What kind.
    pub kind: String,
    /// Its state.
    pub status: String,
    /// Ciphertext (AES-256-GCM).
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// Last TOTP step that was accepted; it only rises.
    pub last_step: i64,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// When it ends.
    pub expires_at: Option<TimeDateTimeWithTimeZone>,
    /// When it became active.
    pub confirmed_at: Option<TimeDateTimeWithTimeZone>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
