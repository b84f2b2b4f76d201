//! The company itself.

use sea_orm::{ActiveValue::Set, EntityTrait};
use time::OffsetDateTime;
use voxgate_entity::companies::{ActiveModel, Entity, Model};

use super::{StoreError, SystemTx, TenantTx};
use crate::domain::ids::CompanyId;

/// A company to be made. Its id must be the one the transaction is walled to.
#[derive(Clone, Debug)]
pub struct NewCompany {
    /// Its id.
    pub id: CompanyId,
    /// Its unique short name.
    pub slug: String,
    /// Its name for people.
    pub name: String,
}

/// A company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyRow {
    /// Its id.
    pub id: CompanyId,
    /// Its unique short name.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Not suspended.
    pub active: bool,
    /// Whether everybody needs a second factor.
    pub mfa_required: bool,
    /// Tokens of an older epoch are dead.
    pub auth_epoch: i64,
    /// When it registered.
    pub created_at: OffsetDateTime,
}

impl From<Model> for CompanyRow {
    fn from(row: Model) -> Self {
        Self {
            id: row.id.into(),
            slug: row.slug,
            name: row.name,
            active: row.status == "active",
            mfa_required: row.mfa_required,
            auth_epoch: row.auth_epoch,
            created_at: row.created_at,
        }
    }
}

impl TenantTx {
    /// Makes the company of this transaction. A taken slug is [`StoreError::Conflict`] with `companies_slug_key`.
    pub async fn insert_company(&self, new: &NewCompany) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(new.id.0),
            slug: Set(new.slug.clone()),
            name: Set(new.name.clone()),
            ..Default::default()
        };
        Entity::insert(row).exec_without_returning(&self.unit).await?;
        Ok(())
    }

    /// The company of this transaction, if it exists.
    pub async fn company(&self) -> Result<Option<CompanyRow>, StoreError> {
        Ok(Entity::find_by_id(self.company.0).one(&self.unit).await?.map(Into::into))
    }

    /// Locks the company until the end of this transaction. Whoever counts before changing (the last Admin) takes this
    /// lock first, so that two who count at once do it one after the other. Sign-ins wait for it too.
    pub async fn lock_company(&self) -> Result<(), StoreError> {
        self.unit.row("SELECT id FROM companies WHERE id = $1 FOR NO KEY UPDATE", [self.company.0.into()]).await?;
        Ok(())
    }
}

impl SystemTx {
    /// The company with this short name, for work across companies by the operator.
    pub async fn company_named(&self, slug: &str) -> Result<Option<CompanyId>, StoreError> {
        let row = self.unit.row("SELECT id FROM companies WHERE slug = $1", [slug.into()]).await?;
        let id = row.map(|row| row.try_get_by_index::<uuid::Uuid>(0)).transpose()?;
        Ok(id.map(Into::into))
    }

    /// Every company.
    pub async fn all_companies(&self) -> Result<Vec<CompanyId>, StoreError> {
        let rows = self.unit.rows("SELECT id FROM companies ORDER BY id", []).await?;
        rows.iter().map(|row| Ok(row.try_get_by_index::<uuid::Uuid>(0)?.into())).collect()
    }
}
