//! Invitations into a company.

use sea_orm::entity::prelude::*;

/// One row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
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
    /// `user`, `manager` or `admin`.
    pub role: String,
    /// Who invited.
    pub invited_by: Uuid,
    /// Its state.
    pub status: String,
    /// When it ends.
    pub expires_at: TimeDateTimeWithTimeZone,
    /// When it was made.
    pub created_at: TimeDateTimeWithTimeZone,
    /// When it was accepted or withdrawn.
    pub closed_at: Option<TimeDateTimeWithTimeZone>,
}

/// Joins are written where they are needed.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
