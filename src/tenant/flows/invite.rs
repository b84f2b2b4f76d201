//! Inviting people. The token goes by mail to the invited address and nowhere else.

use std::time::Duration;

use serde_json::json;
use time::format_description::well_known::Rfc3339;

use super::{
    counters, letters,
    once::{self, Once},
    views::InvitationView,
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::InvitationId,
        lockout::{Debit, Limit},
        one_time::{OneTimeToken, Purpose},
        policy,
        principal::{Origin, Principal, Role},
    },
    store::{InvitationRow, InvitationStatus, NewInvitation, NewOneTime, TenantTx},
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// How long an invitation can be accepted.
const LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

/// Mails with an invitation that one company may send to one address: a mistake can be made good, nobody can be flooded.
const MAILS: Limit = Limit { tries: 5, window: Duration::from_secs(3600), hard_stop: None };

/// Invite somebody.
#[derive(Debug)]
pub struct Invite {
    /// Who invites.
    pub principal: Principal,
    /// Whom.
    pub email: String,
    /// As what.
    pub role: Role,
    /// From where.
    pub origin: Origin,
    /// What makes it the same request when it is sent again.
    pub once: Option<Once>,
}

/// Mail a pending invitation again, with a new token; the old one dies.
#[derive(Debug)]
pub struct ResendInvitation {
    /// The caller.
    pub principal: Principal,
    /// Which one.
    pub invitation: InvitationId,
    /// From where.
    pub origin: Origin,
}

/// Withdraw a pending invitation.
#[derive(Debug)]
pub struct WithdrawInvitation {
    /// The caller.
    pub principal: Principal,
    /// Which one.
    pub invitation: InvitationId,
    /// From where.
    pub origin: Origin,
}

impl Command for Invite {
    type Output = InvitationView;
    const NAME: &'static str = "invite";

    async fn place(&self, services: &Services) -> Result<Place, Refusal> {
        let email = NormalEmail::parse(&self.email)?;
        Ok(Place { company: self.principal.company, lane: counters::lane(services, &email) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<InvitationView, Refusal> {
        let email = NormalEmail::parse(&self.email)?;
        if !policy::may_invite(self.principal.role, self.role) {
            return Err(Code::Forbidden.into());
        }
        let services = tenants.services().clone();
        if let Some(answer) = once::answered(&services, self.once.as_ref()).await? {
            return Ok(answer);
        }
        let store = services.store.clone();
        let invited = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                once::claim(&services, tx, self.once.as_ref()).await?;
                if tx.user_by_email(email.as_str()).await?.is_some() {
                    let message = "This person is in the company already.";
                    let fields = vec![FieldError::new("/email", "taken", message)];
                    return Err(Refusal { fields, ..Code::Conflict.into() });
                }
                let id: InvitationId = services.world.id();
                let new = NewInvitation {
                    id,
                    email: self.email.trim().to_owned(),
                    email_norm: email.as_str().to_owned(),
                    role: self.role,
                    invited_by: self.principal.user,
                    expires_in: LIFETIME,
                };
                tx.insert_invitation(&new).await?;
                let row = tx.invitation(id).await?.ok_or(Code::Internal)?;
                send(&services, tx, &self.principal, &row).await?;
                let event = Event::new(Kind::UserInvited, &self.origin).by_principal(&self.principal);
                let event = event.about(Subject::of("invitation", id));
                tx.record(event.with(json!({ "email": row.email, "role": row.role }))).await?;
                let view = InvitationView::from(row);
                once::keep(&services, tx, self.once.as_ref(), &view).await?;
                Ok::<_, Refusal>(view)
            })
        });
        Ok(invited.await?.into_inner())
    }
}

/// Counts the mail, makes the token and queues the mail that carries it.
async fn send(
    services: &Services,
    tx: &TenantTx,
    inviter: &Principal,
    invitation: &InvitationRow,
) -> Result<(), Refusal> {
    let counter = counters::invitation_mails(services, tx.company_id(), &invitation.email_norm);
    if let Debit::Exhausted { retry_after } = tx.debit(counter, MAILS).await? {
        return Err(Refusal::from(Code::TooManyAttempts).after(retry_after));
    }
    let token = OneTimeToken::new(&services.world, Purpose::Invitation, tx.company_id(), invitation.id.0);
    tx.issue(&NewOneTime {
        purpose: token.purpose,
        holder: token.holder,
        hash: token.hash(),
        user: None,
        credential_version: None,
        session: None,
        max_tries: 1,
        expires_in: LIFETIME,
    })
    .await?;
    letters::invitation(services, tx, inviter.user, invitation, &token).await
}

/// A pending invitation the caller may touch.
async fn pending(tx: &TenantTx, principal: &Principal, id: InvitationId) -> Result<InvitationRow, Refusal> {
    let row = tx.invitation(id).await?.ok_or(Code::NotFound)?;
    if !policy::may_invite(principal.role, row.role) {
        return Err(Code::Forbidden.into());
    }
    if row.status == InvitationStatus::Pending { Ok(row) } else { Err(Code::LinkUsed.into()) }
}

impl Command for ResendInvitation {
    type Output = InvitationView;
    const NAME: &'static str = "resend_invitation";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place { company: self.principal.company, lane: LaneKey(self.invitation.0) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<InvitationView, Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let sent = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let before = pending(tx, &self.principal, self.invitation).await?;
                let row = tx.renew_invitation(self.invitation, LIFETIME).await?.ok_or(Code::LinkUsed)?;
                tx.cancel_for_holder(self.invitation.0, Purpose::Invitation).await?;
                send(&services, tx, &self.principal, &row).await?;
                let event = Event::new(Kind::UserInvited, &self.origin).by_principal(&self.principal);
                let event = event.about(Subject::of("invitation", row.id));
                let data = json!({
                    "email": row.email, "role": row.role, "resent": true,
                    "before": { "expires_at": before.expires_at.format(&Rfc3339).ok() },
                    "after": { "expires_at": row.expires_at.format(&Rfc3339).ok() },
                });
                tx.record(event.with(data)).await?;
                Ok::<_, Refusal>(row)
            })
        });
        Ok(sent.await?.into_inner().into())
    }
}

impl Command for WithdrawInvitation {
    type Output = ();
    const NAME: &'static str = "withdraw_invitation";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place { company: self.principal.company, lane: LaneKey(self.invitation.0) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<(), Refusal> {
        let withdrawn = tenants.store().in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let row = pending(tx, &self.principal, self.invitation).await?;
                tx.withdraw_invitation(self.invitation).await?.ok_or(Code::LinkUsed)?;
                tx.cancel_for_holder(self.invitation.0, Purpose::Invitation).await?;
                let event = Event::new(Kind::InvitationWithdrawn, &self.origin).by_principal(&self.principal);
                let event = event.about(Subject::of("invitation", row.id));
                let data = json!({
                    "email": row.email, "before": { "status": "pending" }, "after": { "status": "withdrawn" },
                });
                tx.record(event.with(data)).await?;
                Ok::<_, Refusal>(())
            })
        });
        withdrawn.await.map(|_| ())
    }
}
