//! Where each company's audit log stood on a day, signed.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_checkpoints")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// The day, in UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: TimeDate,
    /// Number of the last row.
    pub seq: i64,
    /// Its hash.
    pub hash: Vec<u8>,
    /// Rows since the checkpoint before.
    pub rows: i64,
    /// When it was made.
    pub at: TimeDateTimeWithTimeZone,
    /// Name of the key that signed.
    pub key_id: String,
    /// Ed25519, base64url.
    pub signature: String,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
