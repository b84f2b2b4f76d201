//! Answers kept for requests that are sent again. They belong to no company: who registers one has none yet.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "kept_answers")]
pub struct Model {
    /// Keyed hash of caller, route and the key the client chose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: Vec<u8>,
    /// Keyed hash of the request.
    pub fingerprint: Vec<u8>,
    /// The answer, sealed.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// When the client may use its key for something else.
    pub expires_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
