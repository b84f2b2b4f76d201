//! The company itself.

use sea_orm::{ActiveValue::Set, EntityTrait};
use time::OffsetDateTime;
use voxgate_entity::companies::{ActiveModel, Entity, Model};

use super::{StoreError, SystemTx, TenantTx};
use crate::domain::{company::Policy, ids::CompanyId};

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
    /// What it demands of its people.
    pub policy: Policy,
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
            policy: Policy {
                mfa_required: row.mfa_required,
                password_min_length: row.password_min_length.unsigned_abs(),
                password_all_kinds: row.password_all_kinds,
                password_history: row.password_history.unsigned_abs(),
                session_idle_seconds: row.session_idle_seconds.unsigned_abs(),
                session_absolute_seconds: row.session_absolute_seconds.unsigned_abs(),
                max_sessions_per_user: row.max_sessions_per_user.unsigned_abs(),
                notify_new_device: row.notify_new_device,
                notify_admins: row.notify_admins,
                audit_retention_days: row.audit_retention_days.map(i32::unsigned_abs),
            },
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

    /// Gives the company another name and policy. The caller has locked it and checked the values.
    pub async fn update_company(&self, name: &str, policy: &Policy) -> Result<(), StoreError> {
        let sql = "UPDATE companies SET name = $2, mfa_required = $3, password_min_length = $4,
                     session_idle_seconds = $5, session_absolute_seconds = $6, max_sessions_per_user = $7,
                     notify_new_device = $8, notify_admins = $9, audit_retention_days = $10, password_all_kinds = $11,
                     password_history = $12, updated_at = now()
                   WHERE id = $1";
        let whole = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        let number = |value: u32| whole(value).into();
        let values = [
            self.company.0.into(),
            name.into(),
            policy.mfa_required.into(),
            number(policy.password_min_length),
            number(policy.session_idle_seconds),
            number(policy.session_absolute_seconds),
            number(policy.max_sessions_per_user),
            policy.notify_new_device.into(),
            policy.notify_admins.into(),
            policy.audit_retention_days.map(whole).into(),
            policy.password_all_kinds.into(),
            number(policy.password_history),
        ];
        self.unit.touched(sql, values).await?;
        Ok(())
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
