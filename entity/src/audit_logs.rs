//! The audit log: numbered, chained, never changed.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_logs")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Number in the company, from 1, without gaps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub seq: i64,
    /// Its id.
    pub id: Uuid,
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
    /// The acting account's role at that time; none in rows from before this was kept.
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
    /// Digest of the personal part.
    pub personal: Vec<u8>,
    /// What the digest was made with; none once the personal part was erased.
    pub salt: Option<Vec<u8>>,
    /// Hash of the row before.
    pub prev_hash: Vec<u8>,
    /// SHA-256.
    pub hash: Vec<u8>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
