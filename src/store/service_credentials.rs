//! Keys of services that verify tokens. Only their hashes are here.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, Order, QueryFilter, Value};
use time::OffsetDateTime;
use uuid::Uuid;
use voxgate_entity::service_credentials::{Column, Entity, Model};

use super::{StoreError, TenantTx, by_age, row};
use crate::domain::{
    ids::{CompanyId, ServiceCredentialId},
    page::{AgeCursor, Listed, Page},
    service::{Scope, Wish},
};

/// A credential as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceCredentialRow {
    /// Its id.
    pub id: ServiceCredentialId,
    /// What the service is called.
    pub name: String,
    /// What its key opens.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When its key was last replaced.
    pub rotated_at: Option<OffsetDateTime>,
    /// How long the key before the last rotation works.
    pub previous_until: Option<OffsetDateTime>,
    /// When it was used, to within five minutes.
    pub last_used_at: Option<OffsetDateTime>,
    /// When it ends.
    pub expires_at: Option<OffsetDateTime>,
    /// When it was revoked.
    pub revoked_at: Option<OffsetDateTime>,
}

/// The use of a key is written down this often at most: no write for each request.
const NOTED_EVERY: Duration = Duration::from_secs(300);

impl TryFrom<Model> for ServiceCredentialRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            name: row.name,
            scopes: scopes(row.scopes, row.id)?,
            created_at: row.created_at,
            rotated_at: row.rotated_at,
            previous_until: row.previous_until,
            last_used_at: row.last_used_at,
            expires_at: row.expires_at,
            revoked_at: row.revoked_at,
        })
    }
}

fn scopes(names: Vec<String>, id: Uuid) -> Result<Vec<Scope>, StoreError> {
    let scope = |name: String| {
        Scope::parse(&name).ok_or_else(|| row::bad("service_credentials", id, format!("unknown scope `{name}`")))
    };
    names.into_iter().map(scope).collect()
}

/// Neither revoked nor at its end.
const ALIVE: &str = "c.company_id = $1 AND c.revoked_at IS NULL AND (c.expires_at IS NULL OR c.expires_at > now())";

impl TenantTx {
    /// Makes a credential with the hash of its key.
    pub async fn insert_service_credential(
        &self,
        id: ServiceCredentialId,
        wish: &Wish,
        hash: [u8; 32],
    ) -> Result<ServiceCredentialRow, StoreError> {
        let sql = format!(
            "INSERT INTO service_credentials AS c (company_id, id, name, scopes, hash, expires_at)
             VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6)) RETURNING {}",
            row::columns::<Entity>("c", "")
        );
        let scopes: Vec<String> = wish.scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
        let values: [Value; 6] = [
            self.company.0.into(),
            id.0.into(),
            wish.name.as_str().into(),
            scopes.into(),
            hash.to_vec().into(),
            wish.expires_in.map(|life| life.as_secs_f64()).into(),
        ];
        let row = self.one_credential(&sql, values).await?;
        row.ok_or_else(|| StoreError::Internal("an insert answered nothing".into()))
    }

    /// One credential, ended ones too.
    pub async fn service_credential(
        &self,
        id: ServiceCredentialId,
    ) -> Result<Option<ServiceCredentialRow>, StoreError> {
        Entity::find_by_id((self.company.0, id.0)).one(&self.unit).await?.map(TryInto::try_into).transpose()
    }

    /// How many credentials are alive.
    pub async fn count_service_credentials(&self) -> Result<u64, StoreError> {
        let sql = format!("SELECT count(*) FROM service_credentials c WHERE {ALIVE}");
        let row = self.unit.row(&sql, [self.company.0.into()]).await?;
        let count: i64 = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
        Ok(count.unsigned_abs())
    }

    /// Credentials, the newest first, ended ones too.
    pub async fn list_service_credentials(&self, page: Page) -> Result<Listed<ServiceCredentialRow>, StoreError> {
        let all = Entity::find().filter(Column::CompanyId.eq(self.company.0));
        let wanted = by_age::page(all, (Column::CreatedAt, Column::Id), Order::Desc, &page)?;
        let rows = wanted.all(&self.unit).await?;
        let rows = rows.into_iter().map(ServiceCredentialRow::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Listed::cut(rows, page.limit, |row| AgeCursor { at: row.created_at, id: row.id.0 }.encode()))
    }

    /// Replaces the key; the one before works on for `overlap`, and any older one no more. None if the credential has
    /// ended. Guarantees: of rotations at the same time, each key handed out is the present one or the one before it, or
    /// refused.
    pub async fn rotate_service_credential(
        &self,
        id: ServiceCredentialId,
        hash: [u8; 32],
        overlap: Duration,
    ) -> Result<Option<ServiceCredentialRow>, StoreError> {
        let sql = format!(
            "UPDATE service_credentials AS c SET hash = $3, previous_hash = c.hash,
               previous_until = now() + make_interval(secs => $4), rotated_at = now()
             WHERE c.id = $2 AND {ALIVE} RETURNING {}",
            row::columns::<Entity>("c", "")
        );
        let values = [self.company.0.into(), id.0.into(), hash.to_vec().into(), overlap.as_secs_f64().into()];
        self.one_credential(&sql, values).await
    }

    /// Revokes a credential, an expired one too. None if it was revoked before: each is revoked once.
    pub async fn revoke_service_credential(
        &self,
        id: ServiceCredentialId,
    ) -> Result<Option<ServiceCredentialRow>, StoreError> {
        let sql = format!(
            "UPDATE service_credentials AS c SET revoked_at = now(), previous_hash = NULL, previous_until = NULL
             WHERE c.company_id = $1 AND c.id = $2 AND c.revoked_at IS NULL RETURNING {}",
            row::columns::<Entity>("c", "")
        );
        self.one_credential(&sql, [self.company.0.into(), id.0.into()]).await
    }

    /// What a key with this hash opens now; nothing for an unknown, replaced, revoked or ended one, or one of a company
    /// that is suspended. Its use is noted at most once in five minutes.
    pub async fn admit_service_key(
        &self,
        id: ServiceCredentialId,
        hash: [u8; 32],
    ) -> Result<Option<Vec<Scope>>, StoreError> {
        let sql = format!(
            "SELECT c.scopes, c.last_used_at IS NULL OR c.last_used_at < now() - make_interval(secs => $4)
             FROM service_credentials c WHERE c.id = $2 AND {ALIVE}
               AND (c.hash = $3 OR c.previous_hash = $3 AND c.previous_until > now())
               AND (c.company_id = $5 OR EXISTS (SELECT FROM companies k WHERE k.id = $1 AND k.status = 'active'))"
        );
        let noted = NOTED_EVERY.as_secs_f64();
        let values =
            [self.company.0.into(), id.0.into(), hash.to_vec().into(), noted.into(), CompanyId::NOBODY.0.into()];
        let Some(row) = self.unit.row(&sql, values).await? else { return Ok(None) };
        let (names, unnoted): (Vec<String>, bool) = row.try_get_many_by_index()?;
        if unnoted {
            let note = "UPDATE service_credentials SET last_used_at = now() WHERE company_id = $1 AND id = $2
                        AND (last_used_at IS NULL OR last_used_at < now() - make_interval(secs => $3))";
            self.unit.touched(note, [self.company.0.into(), id.0.into(), noted.into()]).await?;
        }
        scopes(names, id.0).map(Some)
    }

    async fn one_credential(
        &self,
        sql: &str,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<ServiceCredentialRow>, StoreError> {
        let row = self.unit.row(sql, values).await?;
        row.map(|row| Model::from_query_result(&row, "")?.try_into()).transpose()
    }
}
