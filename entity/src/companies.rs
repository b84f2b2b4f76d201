//! Companies (tenants).

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "companies")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique short name.
    pub slug: String,
    /// Name for people.
    pub name: String,
    /// Its state.
    pub status: String,
    /// Whether everybody needs a second factor.
    pub mfa_required: bool,
    /// Fewest characters of a new password.
    pub password_min_length: i32,
    /// Whether every new password needs characters of all kinds.
    pub password_all_kinds: bool,
    /// How many of the latest passwords may not be used again.
    pub password_history: i32,
    /// Life of a session nobody uses.
    pub session_idle_seconds: i32,
    /// Life of a session, however busy.
    pub session_absolute_seconds: i32,
    /// Sessions one person may have at once.
    pub max_sessions_per_user: i32,
    /// Whether people are told by mail of a sign-in on a new device.
    pub notify_new_device: bool,
    /// Whether Admins are told by mail of alerts.
    pub notify_admins: bool,
    /// How long the audit log is kept; none: for ever.
    pub audit_retention_days: Option<i32>,
    /// Tokens of an older epoch are dead.
    pub auth_epoch: i64,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// When it last changed.
    pub updated_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
