//! Keys of services that verify tokens.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "service_credentials")]
pub struct Model {
    /// The company that holds it; the company that does not exist for one of the whole installation.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the service is called.
    pub name: String,
    /// What it opens.
    pub scopes: Vec<String>,
    /// SHA-256 of the key.
    pub hash: Vec<u8>,
    /// SHA-256 of the key before the last rotation.
    pub previous_hash: Option<Vec<u8>>,
    /// How long the key before works.
    pub previous_until: Option<TimeDateTimeWithTimeZone>,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// When its key was last replaced.
    pub rotated_at: Option<TimeDateTimeWithTimeZone>,
    /// When it was used, to within five minutes.
    pub last_used_at: Option<TimeDateTimeWithTimeZone>,
    /// When it ends.
    pub expires_at: Option<TimeDateTimeWithTimeZone>,
    /// When it was revoked.
    pub revoked_at: Option<TimeDateTimeWithTimeZone>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
