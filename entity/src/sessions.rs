//! Sessions: one sign-in on one device.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// Authentication methods (RFC 8176).
    pub amr: Vec<String>,
    /// Last proof of identity.
    pub auth_time: TimeDateTimeWithTimeZone,
    /// `web` or `api`.
    pub client: String,
    /// Client address, as text.
    pub ip: Option<String>,
    /// `User-Agent`, shortened.
    pub user_agent: Option<String>,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// Last renewal.
    pub last_seen_at: TimeDateTimeWithTimeZone,
    /// When it ends.
    pub expires_at: TimeDateTimeWithTimeZone,
    /// When it was ended.
    pub revoked_at: Option<TimeDateTimeWithTimeZone>,
    /// Why it was ended.
    pub revoke_reason: Option<String>,
    /// Whether it began on a device the account had not signed in from before.
    pub new_device: bool,
    /// Whether it began on a network the account had not signed in from before.
    pub new_network: bool,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
