//! Mails to be sent.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_outbox")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What kind.
    pub kind: String,
    /// Address.
    pub recipient: String,
    /// Sealed content; empty once it is done.
    pub sealed: Vec<u8>,
    /// The key it is sealed with.
    pub key_id: String,
    /// Attempts begun.
    pub attempts: i32,
    /// Not before.
    pub next_attempt_at: TimeDateTimeWithTimeZone,
    /// Not after: a stale link is never sent.
    pub expires_at: Option<TimeDateTimeWithTimeZone>,
    /// When it was handed over.
    pub sent_at: Option<TimeDateTimeWithTimeZone>,
    /// When it was given up.
    pub failed_at: Option<TimeDateTimeWithTimeZone>,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
