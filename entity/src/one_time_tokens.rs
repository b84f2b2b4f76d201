//! Challenges, links and tickets: everything opaque that works once.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "one_time_tokens")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is good for, and nothing else.
    pub purpose: String,
    /// The user, session or invitation in its text form.
    pub holder: Uuid,
    /// The account it acts for.
    pub user_id: Option<Uuid>,
    /// SHA-256.
    pub hash: Vec<u8>,
    /// Answers counted so far.
    pub tries: i32,
    /// Answers allowed.
    pub max_tries: i32,
    /// Version of the account it was issued under.
    pub credential_version: Option<i64>,
    /// Session it belongs to.
    pub session_id: Option<Uuid>,
    /// The address it confirms, where that is its purpose.
    pub address: Option<String>,
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
