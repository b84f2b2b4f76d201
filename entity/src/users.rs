//! People's accounts, one per company and address.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// The company it belongs to.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company_id: Uuid,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// The address as it was typed.
    pub email: String,
    /// The address as it is compared.
    pub email_norm: String,
    /// Name for people.
    pub full_name: String,
    /// PHC string; none until a password is set.
    pub password_hash: Option<String>,
    /// `user`, `manager` or `admin`.
    pub role: String,
    /// Its state.
    pub status: String,
    /// Tokens of an older epoch are dead.
    pub auth_epoch: i64,
    /// Pending sign-ins of an older version are dead.
    pub credential_version: i64,
    /// Whether an active second factor exists.
    pub mfa_enabled: bool,
    /// When the address was confirmed.
    pub email_verified_at: Option<TimeDateTimeWithTimeZone>,
    /// Last sign-in.
    pub last_login_at: Option<TimeDateTimeWithTimeZone>,
    /// Whether the desk was told that there are many sessions; until they are few again.
    pub many_sessions: bool,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// When it last changed.
    pub updated_at: TimeDateTimeWithTimeZone,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Names the row only: a password hash must not reach a log through `{:?}`.
impl std::fmt::Debug for Model {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("users::Model")
            .field("company_id", &self.company_id)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
