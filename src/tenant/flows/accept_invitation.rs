//! An invited person joins: token, invitation, account and session are claimed together. The role is the one of the
//! invitation, and the inviter must still be one who may give it.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    alert_letters,
    once::{self, Once},
    opening::{LoginStep, Opening, open_session, wait_for},
    password_rule::{self, Chooser},
    revoke::Ended,
    views::Client,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        factor::Method,
        ids::{InvitationId, UserId},
        names,
        one_time::{OneTimeToken, Purpose},
        policy,
        principal::{Origin, Role},
    },
    store::{CompanyRow, InvitationRow, InvitationStatus, NewUser, TenantTx, UserRow},
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// Join by an invitation.
#[derive(Debug)]
pub struct AcceptInvitation {
    /// From the mail.
    pub token: SecretString,
    /// The person's name.
    pub full_name: String,
    /// Their password.
    pub password: SecretString,
    /// How the tokens are taken.
    pub client: Client,
    /// From where.
    pub origin: Origin,
    /// What makes it the same request when it is sent again.
    pub once: Option<Once>,
}

impl AcceptInvitation {
    fn token(&self) -> Result<OneTimeToken, Refusal> {
        let token = OneTimeToken::parse(self.token.expose_secret(), Purpose::Invitation);
        Ok(token.ok_or(Code::InvalidLink)?)
    }
}

impl Command for AcceptInvitation {
    type Output = LoginStep;
    const NAME: &'static str = "accept_invitation";
    const BY_TOKEN: bool = true;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let token = self.token()?;
        Ok(Place { company: token.company, lane: LaneKey(token.holder) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<LoginStep, Refusal> {
        let (services, token) = (tenants.services().clone(), self.token()?);
        if let Some(answer) = once::answered(&services, self.once.as_ref()).await? {
            return Ok(answer);
        }
        let hash = token.hash();
        let looked =
            services.store.in_tenant(place.company, move |tx| Box::pin(async move { open_invitation(tx, hash).await }));
        let (company, invitation) = looked.await?.into_inner();
        let full_name = self.check(&services, &company, &invitation).await?;
        let password_hash = Some(SecretString::from(services.hasher.hash(self.password).await?));
        let (client, origin, store, once) = (self.client, self.origin, services.store.clone(), self.once);
        let joined = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                once::claim(&services, tx, once.as_ref()).await?;
                let (invitation, inviter) = claim(tx, hash, invitation.id).await?;
                let id: UserId = services.world.id();
                let (email, email_norm) = (invitation.email, invitation.email_norm);
                let role = invitation.role;
                let new = NewUser {
                    id,
                    email,
                    email_norm,
                    full_name,
                    password_hash,
                    role,
                    email_verified_at: Some(services.world.now()),
                };
                tx.insert_user(&new).await?;
                let user = tx.user(id).await?.ok_or(Code::Internal)?;
                if role == Role::Admin {
                    alert_letters::new_admin(&services, tx, &user, &inviter).await?;
                }
                let event = Event::new(Kind::UserJoined, &origin).by(id).about(Subject::user(id));
                let event = event.with(json!({ "role": role, "invitation_id": invitation.id }));
                let entered = enter(&services, tx, &user, client, event).await?;
                once::keep(&services, tx, once.as_ref(), &entered.0).await?;
                Ok::<_, Refusal>(entered)
            })
        });
        let (step, ended) = joined.await?.split();
        Ended::spread(ended, &tenants).await;
        Ok(step)
    }
}

/// The new person's first session; or, where the company demands a second factor, the way to one.
async fn enter(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    client: Client,
    joined: Event,
) -> Result<(LoginStep, Ended), Refusal> {
    let opening = Opening { user, second_factor: false, client, origin: &joined.origin };
    if let Some(opened) = open_session(services, tx, opening).await? {
        tx.record(joined.in_session(opened.session)).await?;
        return Ok((LoginStep::Authenticated(Box::new(opened.signed_in)), opened.ended));
    }
    let demanded = tx.company().await?.is_some_and(|company| company.policy.mfa_required);
    if !demanded {
        // The company was switched off a moment ago.
        return Err(Code::InvalidLink.into());
    }
    tx.record(joined).await?;
    let waiting = wait_for(services, tx, user, Purpose::Enrollment, &[Method::Totp]).await?;
    Ok((LoginStep::EnrollmentRequired(waiting), Ended::default()))
}

impl AcceptInvitation {
    async fn check(
        &self,
        services: &Services,
        company: &CompanyRow,
        invitation: &InvitationRow,
    ) -> Result<String, Refusal> {
        let chooser = Chooser {
            email: &invitation.email,
            company: &company.name,
            full_name: &self.full_name,
            policy: company.policy,
        };
        let mut wrong = password_rule::faults(services, &self.password, chooser).await?;
        let name = names::person_name(&self.full_name).map_err(|field| wrong.push(field)).unwrap_or_default();
        if wrong.is_empty() { Ok(name) } else { Err(Refusal::fields(wrong)) }
    }
}

/// Looks an invitation up by its token, so that a weak password does not spend it.
async fn open_invitation(tx: &TenantTx, hash: [u8; 32]) -> Result<(CompanyRow, InvitationRow), Refusal> {
    let token = tx.one_time(&hash, Purpose::Invitation).await?.ok_or(Code::InvalidLink)?;
    let invitation = tx.invitation(InvitationId(token.holder)).await?.ok_or(Code::InvalidLink)?;
    let company = tx.company().await?.filter(|company| company.active).ok_or(Code::InvalidLink)?;
    if token.used_at.is_some() || invitation.status != InvitationStatus::Pending {
        return Err(Code::LinkUsed.into());
    }
    Ok((company, invitation))
}

/// Spends token and invitation together; both must still be good, and so must the inviter.
async fn claim(tx: &TenantTx, hash: [u8; 32], id: InvitationId) -> Result<(InvitationRow, UserRow), Refusal> {
    let used = Refusal::from(Code::LinkUsed);
    let invitation = tx.claim_invitation(id).await?.ok_or_else(|| used.clone())?;
    tx.claim_use(&hash, Purpose::Invitation).await?.ok_or_else(|| used.clone())?;
    let may = |inviter: &UserRow| inviter.active && policy::may_invite(inviter.role, invitation.role);
    let inviter = tx.user(invitation.invited_by).await?.filter(may).ok_or(used)?;
    Ok((invitation, inviter))
}
