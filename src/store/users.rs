//! People's accounts.

use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, Order, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;
use voxgate_entity::users::{ActiveModel, Column, Entity, Model};

use super::{StoreError, TenantTx, by_age, row};
use crate::domain::{
    ids::UserId,
    page::{AgeCursor, Listed, Page},
    principal::Role,
};

/// An account to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Its id.
    pub id: UserId,
    /// The address as typed.
    pub email: String,
    /// The address as compared; unique in the company.
    pub email_norm: String,
    /// Name for people.
    pub full_name: String,
    /// PHC string; none until a password is set.
    pub password_hash: Option<SecretString>,
    /// Its role.
    pub role: Role,
    /// When the address was confirmed, if it was.
    pub email_verified_at: Option<OffsetDateTime>,
}

/// An account.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// Its id.
    pub id: UserId,
    /// The address as typed.
    pub email: String,
    /// The address as compared.
    pub email_norm: String,
    /// Name for people.
    pub full_name: String,
    /// Its role.
    pub role: Role,
    /// Not deactivated.
    pub active: bool,
    /// Whether an active second factor exists.
    pub mfa_enabled: bool,
    /// Tokens of an older epoch are dead.
    pub auth_epoch: i64,
    /// Pending sign-ins of an older version are dead.
    pub credential_version: i64,
    /// PHC string; none until a password is set.
    pub password_hash: Option<SecretString>,
    /// Whether the address was confirmed.
    pub email_verified: bool,
    /// Last sign-in.
    pub last_login_at: Option<OffsetDateTime>,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

impl TryFrom<Model> for UserRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            role: row::role(&row.role, "users", row.id)?,
            email: row.email,
            email_norm: row.email_norm,
            full_name: row.full_name,
            active: row.status == "active",
            mfa_enabled: row.mfa_enabled,
            auth_epoch: row.auth_epoch,
            credential_version: row.credential_version,
            password_hash: row.password_hash.map(Into::into),
            email_verified: row.email_verified_at.is_some(),
            last_login_at: row.last_login_at,
            created_at: row.created_at,
        })
    }
}

/// Which accounts are wanted; the default is all.
#[derive(Clone, Debug, Default)]
pub struct UserFilter {
    /// Part of the name or address, in any case.
    pub search: Option<String>,
    /// This role only.
    pub role: Option<Role>,
    /// Active ones or deactivated ones only.
    pub active: Option<bool>,
}

impl UserFilter {
    fn condition(&self) -> Condition {
        let search = self.search.as_ref().map(|text| {
            let text = text.to_lowercase();
            Condition::any()
                .add(Expr::cust_with_values("strpos(lower(full_name), $1) > 0", [text.clone()]))
                .add(Expr::cust_with_values("strpos(email_norm, $1) > 0", [text]))
        });
        let status = |active: bool| if active { "active" } else { "deactivated" };
        Condition::all()
            .add_option(search)
            .add_option(self.role.map(|role| Column::Role.eq(role.as_str())))
            .add_option(self.active.map(|active| Column::Status.eq(status(active))))
    }
}

/// What a change kills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bump {
    /// Every access token of the account.
    pub tokens: bool,
    /// Every sign-in that has begun and not ended.
    pub credentials: bool,
}

/// The account's counters after a [`Bump`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Epochs {
    /// Tokens of an older epoch are dead.
    pub auth_epoch: i64,
    /// Sign-ins of an older version are dead.
    pub credential_version: i64,
}

impl TenantTx {
    /// Makes an account. A taken address is [`StoreError::Conflict`] with `users_email_unique`.
    pub async fn insert_user(&self, new: &NewUser) -> Result<(), StoreError> {
        let row = ActiveModel {
            company_id: Set(self.company.0),
            id: Set(new.id.0),
            email: Set(new.email.clone()),
            email_norm: Set(new.email_norm.clone()),
            full_name: Set(new.full_name.clone()),
            password_hash: Set(new.password_hash.as_ref().map(|hash| hash.expose_secret().into())),
            role: Set(new.role.as_str().into()),
            email_verified_at: Set(new.email_verified_at),
            ..Default::default()
        };
        Entity::insert(row).exec_without_returning(&self.unit).await?;
        Ok(())
    }

    /// One account.
    pub async fn user(&self, id: UserId) -> Result<Option<UserRow>, StoreError> {
        Entity::find_by_id((self.company.0, id.0)).one(&self.unit).await?.map(TryInto::try_into).transpose()
    }

    /// The account with this normalised address.
    pub async fn user_by_email(&self, email_norm: &str) -> Result<Option<UserRow>, StoreError> {
        let query = Entity::find().filter(Column::CompanyId.eq(self.company.0));
        let found = query.filter(Column::EmailNorm.eq(email_norm)).one(&self.unit).await?;
        found.map(TryInto::try_into).transpose()
    }

    /// The company's accounts, oldest first.
    pub async fn list_users(&self, filter: &UserFilter, page: Page) -> Result<Listed<UserRow>, StoreError> {
        let all = Entity::find().filter(Column::CompanyId.eq(self.company.0)).filter(filter.condition());
        let wanted = by_age::page(all, (Column::CreatedAt, Column::Id), Order::Asc, &page)?;
        let rows = wanted.all(&self.unit).await?;
        let rows = rows.into_iter().map(UserRow::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Listed::cut(rows, page.limit, |row| AgeCursor { at: row.created_at, id: row.id.0 }.encode()))
    }

    /// Gives an account another name for people; false if there is no such account.
    pub async fn rename_user(&self, id: UserId, name: &str) -> Result<bool, StoreError> {
        self.change_user("full_name = $3", id, name.into()).await
    }

    /// Stores another hash of the same password, made with today's parameters.
    ///
    /// Guarantees: false, and nothing is changed, if the account's credentials are no longer those of `version_seen`,
    /// read before the password was compared. So a sign-in that is slow never brings an old password back.
    pub async fn renew_password_hash(
        &self,
        id: UserId,
        version_seen: i64,
        hash: &SecretString,
    ) -> Result<bool, StoreError> {
        let sql = "UPDATE users SET password_hash = $4, updated_at = now()
                   WHERE company_id = $1 AND id = $2 AND credential_version = $3";
        let values = [self.company.0.into(), id.0.into(), version_seen.into(), hash.expose_secret().into()];
        Ok(self.unit.touched(sql, values).await? == 1)
    }

    /// Gives an account another role. The caller has locked the company and counted the Admins.
    pub async fn set_role(&self, id: UserId, role: Role) -> Result<bool, StoreError> {
        self.change_user("role = $3", id, role.as_str().into()).await
    }

    /// Deactivates or reactivates an account. The caller has locked the company and counted the Admins.
    pub async fn set_active(&self, id: UserId, active: bool) -> Result<bool, StoreError> {
        let status = if active { "active" } else { "deactivated" };
        self.change_user("status = $3", id, status.into()).await
    }

    /// Raises the account's counters and holds its row until the end of the transaction.
    ///
    /// A sign-in that began under the older version cannot become a session any more: [`TenantTx::start_session`]
    /// either waits for this transaction and then finds the newer version, or was committed before, and then the
    /// caller, who revokes the account's sessions *after* this call, sees it.
    pub async fn bump_user(&self, id: UserId, bump: Bump) -> Result<Option<Epochs>, StoreError> {
        let sql = "UPDATE users SET auth_epoch = auth_epoch + $3, credential_version = credential_version + $4,
                   updated_at = now() WHERE company_id = $1 AND id = $2 RETURNING auth_epoch, credential_version";
        let by = [i64::from(bump.tokens).into(), i64::from(bump.credentials).into()];
        let row = self.unit.row(sql, [self.company.0.into(), id.0.into()].into_iter().chain(by)).await?;
        row.map(|row| {
            let (auth_epoch, credential_version) = row.try_get_many_by_index()?;
            Ok(Epochs { auth_epoch, credential_version })
        })
        .transpose()
    }

    /// How many active Admins the company has. Meaningful for a decision only under [`TenantTx::lock_company`].
    pub async fn count_active_admins(&self) -> Result<u64, StoreError> {
        let admins = Entity::find()
            .filter(Column::CompanyId.eq(self.company.0))
            .filter(Column::Role.eq(Role::Admin.as_str()))
            .filter(Column::Status.eq("active"));
        Ok(admins.count(&self.unit).await?)
    }

    async fn change_user(&self, set: &str, id: UserId, value: sea_orm::Value) -> Result<bool, StoreError> {
        let sql = format!("UPDATE users SET {set}, updated_at = now() WHERE company_id = $1 AND id = $2");
        Ok(self.unit.touched(&sql, [self.company.0.into(), id.0.into(), value]).await? == 1)
    }

    /// Locks one account until the end of this transaction; false if there is no such account. What the transaction
    /// reads afterwards is what it decides about.
    pub async fn lock_user(&self, id: UserId) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM users WHERE company_id = $1 AND id = $2 FOR NO KEY UPDATE";
        Ok(self.unit.row(sql, [self.company.0.into(), id.0.into()]).await?.is_some())
    }
}
