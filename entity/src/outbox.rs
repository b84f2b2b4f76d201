//! Events of committed transactions, waiting for their number.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Order of arrival.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// Id of the event, kept in the audit log.
    pub event_id: Uuid,
    /// When it happened.
    pub at: TimeDateTimeWithTimeZone,
    /// What kind.
    pub kind: String,
    /// How much it should worry.
    pub severity: String,
    /// `user`, `anonymous` or `system`.
    pub actor_type: String,
    /// The acting account.
    pub actor_id: Option<Uuid>,
    /// The acting account's role at that time.
    pub actor_role: Option<String>,
    /// What it was done to.
    pub subject_type: Option<String>,
    /// Its id.
    pub subject_id: Option<Uuid>,
    /// Session it belongs to.
    pub session_id: Option<Uuid>,
    /// Client address, as text.
    pub ip: Option<String>,
    /// `User-Agent`, shortened.
    pub user_agent: Option<String>,
    /// The HTTP request.
    pub request_id: Option<Uuid>,
    /// Details; never a secret.
    #[sea_orm(column_type = "JsonBinary")]
    pub data: Json,
    /// What the digest of the personal part will be made with.
    pub salt: Vec<u8>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
