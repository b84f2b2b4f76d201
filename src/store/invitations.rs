//! Invitations into the company.

use std::time::Duration;

use sea_orm::{ColumnTrait, EntityTrait, FromQueryResult, Order, QueryFilter};
use time::OffsetDateTime;
use voxgate_entity::invitations::{Column, Entity, Model};

use super::{StoreError, TenantTx, by_age, row};
use crate::domain::{
    ids::{InvitationId, UserId},
    page::{AgeCursor, Listed, Page},
    principal::Role,
};

/// An invitation to be made.
#[derive(Clone, Debug)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// The address as typed.
    pub email: String,
    /// The address as compared; at most one pending invitation each.
    pub email_norm: String,
    /// The role it gives.
    pub role: Role,
    /// Who invites.
    pub invited_by: UserId,
    /// Its life from now on.
    pub expires_in: Duration,
}

/// How an invitation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvitationStatus {
    /// Waits for an answer; its expiry is checked when it is accepted.
    Pending,
    /// Somebody joined with it.
    Accepted,
    /// It was taken back.
    Withdrawn,
}

/// An invitation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationRow {
    /// Its id.
    pub id: InvitationId,
    /// The address as typed.
    pub email: String,
    /// The address as compared.
    pub email_norm: String,
    /// The role it gives.
    pub role: Role,
    /// Who invited.
    pub invited_by: UserId,
    /// How it stands.
    pub status: InvitationStatus,
    /// When it ends.
    pub expires_at: OffsetDateTime,
    /// When it was made.
    pub created_at: OffsetDateTime,
}

impl TryFrom<Model> for InvitationRow {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let status = match row.status.as_str() {
            "pending" => InvitationStatus::Pending,
            "accepted" => InvitationStatus::Accepted,
            "withdrawn" => InvitationStatus::Withdrawn,
            other => return Err(row::bad("invitations", row.id, format!("unknown status `{other}`"))),
        };
        Ok(Self {
            id: row.id.into(),
            role: row::role(&row.role, "invitations", row.id)?,
            email: row.email,
            email_norm: row.email_norm,
            invited_by: row.invited_by.into(),
            status,
            expires_at: row.expires_at,
            created_at: row.created_at,
        })
    }
}

impl TenantTx {
    /// Makes an invitation. One that is pending for the address already is [`StoreError::Conflict`] with
    /// `invitations_one_pending`.
    pub async fn insert_invitation(&self, new: &NewInvitation) -> Result<(), StoreError> {
        let sql = "INSERT INTO invitations (company_id, id, email, email_norm, role, invited_by, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(secs => $7))";
        let values = [
            self.company.0.into(),
            new.id.0.into(),
            new.email.as_str().into(),
            new.email_norm.as_str().into(),
            new.role.as_str().into(),
            new.invited_by.0.into(),
            new.expires_in.as_secs_f64().into(),
        ];
        self.unit.touched(sql, values).await?;
        Ok(())
    }

    /// One invitation.
    pub async fn invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, StoreError> {
        Entity::find_by_id((self.company.0, id.0)).one(&self.unit).await?.map(TryInto::try_into).transpose()
    }

    /// Accepts a pending invitation that has not expired. Guarantees: each is granted once, whoever asks how often.
    pub async fn claim_invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, StoreError> {
        self.close_invitation(id, "accepted", "expires_at > now()").await
    }

    /// Takes a pending invitation back; an expired one too. None if it is not pending.
    pub async fn withdraw_invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, StoreError> {
        self.close_invitation(id, "withdrawn", "true").await
    }

    /// Gives a pending invitation, expired ones too, a new life. None if it is not pending.
    pub async fn renew_invitation(
        &self,
        id: InvitationId,
        life: Duration,
    ) -> Result<Option<InvitationRow>, StoreError> {
        let sql = format!(
            "UPDATE invitations AS i SET expires_at = now() + make_interval(secs => $3)
             WHERE company_id = $1 AND id = $2 AND status = 'pending' RETURNING {}",
            row::columns::<Entity>("i", "")
        );
        let row = self.unit.row(&sql, [self.company.0.into(), id.0.into(), life.as_secs_f64().into()]).await?;
        row.map(|row| Model::from_query_result(&row, "")?.try_into()).transpose()
    }

    async fn close_invitation(
        &self,
        id: InvitationId,
        status: &str,
        condition: &str,
    ) -> Result<Option<InvitationRow>, StoreError> {
        let sql = format!(
            "UPDATE invitations AS i SET status = $3, closed_at = now()
             WHERE company_id = $1 AND id = $2 AND status = 'pending' AND {condition} RETURNING {}",
            row::columns::<Entity>("i", "")
        );
        let row = self.unit.row(&sql, [self.company.0.into(), id.0.into(), status.into()]).await?;
        row.map(|row| Model::from_query_result(&row, "")?.try_into()).transpose()
    }

    /// The company's invitations, newest first.
    pub async fn list_invitations(&self, page: Page) -> Result<Listed<InvitationRow>, StoreError> {
        let all = Entity::find().filter(Column::CompanyId.eq(self.company.0));
        let wanted = by_age::page(all, (Column::CreatedAt, Column::Id), Order::Desc, &page)?;
        let rows = wanted.all(&self.unit).await?;
        let rows = rows.into_iter().map(InvitationRow::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Listed::cut(rows, page.limit, |row| AgeCursor { at: row.created_at, id: row.id.0 }.encode()))
    }
}
