//! An Admin throws a person out of every device, and gets a receipt.
//!
//! One transaction bumps the account's epochs first, so that no sign-in begun before can still open a session, ends the
//! sessions, writes the revocation every node will read, the event and the mail. Only then is anything told.

use std::time::Duration;

use serde::Serialize;
use serde_json::json;
use time::OffsetDateTime;
use utoipa::ToSchema;

use super::{
    account_letters, forgot_password, letters,
    revoke::{Ended, end_account},
};
use crate::{
    domain::{
        code::{Code, FieldError, Refusal},
        event::{Event, Kind, Subject},
        ids::{RevocationId, UserId},
        principal::{Origin, Principal},
        revocation::Lease,
    },
    nodes::Confirmation,
    store::{Bump, TenantTx, UserRow},
    tenant::{Command, Place, Services, Tenants},
};

/// Throw a person out of every device.
#[derive(Debug)]
pub struct ForceLogout {
    /// The Admin.
    pub principal: Principal,
    /// Who has to leave.
    pub user: UserId,
    /// Why; shown in the audit log.
    pub reason: Option<String>,
    /// Whether their password is void from now on, until a mailed link has set another: somebody else may know it.
    pub require_new_password: bool,
    /// From where.
    pub origin: Origin,
}

/// What a forced logout did.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Receipt {
    /// Names this revocation in the audit log.
    pub revocation_id: RevocationId,
    /// Sessions that were alive.
    pub sessions_revoked: u64,
    /// Live sockets told and closed, on this node and on those that confirmed.
    pub sockets_closed: u64,
    /// Nodes that live, this one included.
    pub nodes_live: u64,
    /// Nodes that refuse these sessions for certain, this one included.
    pub nodes_acked: u64,
    /// Nodes that have not confirmed in time; they refuse from `hard_deadline` on at the latest all the same.
    pub outstanding: u64,
    /// From then on no node lets these sessions in, not even one that nobody has heard of: a node that has not read the
    /// revocations by then asks the database.
    #[serde(with = "time::serde::rfc3339")]
    pub hard_deadline: OffsetDateTime,
    /// When the last access token issued before ends by itself, wherever nobody asks about revocation.
    #[serde(with = "time::serde::rfc3339")]
    pub latest_expiry: OffsetDateTime,
}

impl Command for ForceLogout {
    type Output = Receipt;
    const NAME: &'static str = "force_logout";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place::account(self.principal.company, self.user))
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<Receipt, Refusal> {
        check(self.reason.as_deref())?;
        let services = tenants.services().clone();
        let store = services.store.clone();
        let ended = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let (ended, revocation_id) = self.end(&services, tx).await?;
                Ok::<_, Refusal>((Receipt::of(&ended, revocation_id, &services), ended))
            })
        });
        let (receipt, ended) = ended.await?.split();
        let receipt = receipt.counted_from_now(&tenants);
        Ok(receipt.with(Ended::spread_and_confirm(ended, &tenants).await))
    }
}

impl Receipt {
    /// What is known before anybody was told.
    pub(super) fn of(ended: &Ended, revocation_id: RevocationId, services: &Services) -> Self {
        let now = services.world.now();
        Self {
            revocation_id,
            sessions_revoked: ended.sessions() as u64,
            sockets_closed: 0,
            nodes_live: 1,
            nodes_acked: 1,
            outstanding: 0,
            hard_deadline: now + Lease::LENGTH,
            latest_expiry: now + services.settings.access_lifetime,
        }
    }

    /// It is committed: a node that has not read it yet asked the database last before now.
    pub(super) fn counted_from_now(self, tenants: &Tenants) -> Self {
        Self { hard_deadline: tenants.services().world.now() + Lease::LENGTH, ..self }
    }

    /// With what the nodes have said.
    pub(super) fn with(self, said: Confirmation) -> Self {
        let Confirmation { nodes_live, nodes_acked, sockets_closed } = said;
        let outstanding = nodes_live.saturating_sub(nodes_acked);
        Self { sockets_closed, nodes_live, nodes_acked, outstanding, ..self }
    }
}

/// The longest reason, in characters: it goes to every desk and stays in the log for good.
const LONGEST_REASON: usize = 500;

fn check(reason: Option<&str>) -> Result<(), Refusal> {
    let fits = reason.is_none_or(|reason| reason.chars().count() <= LONGEST_REASON);
    let fault = || FieldError::new("/reason", "too_long", format!("A reason has at most {LONGEST_REASON} characters."));
    if fits { Ok(()) } else { Err(fault().into()) }
}

impl ForceLogout {
    async fn end(&self, services: &Services, tx: &TenantTx) -> Result<(Ended, RevocationId), Refusal> {
        let event = Event::new(Kind::SessionRevoked, &self.origin).by_principal(&self.principal);
        let event = event.with(json!({ "note": self.reason, "new_password_required": self.require_new_password }));
        let by = self.principal.user;
        let parting = if self.require_new_password { Parting::NewPassword(by) } else { Parting::Admin(by) };
        throw_out(services, tx, self.user, event, parting).await
    }
}

/// Who throws somebody out, and what they leave them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Parting {
    /// Nobody of the company; they sign in again.
    Operator,
    /// An Admin of the company; they sign in again.
    Admin(UserId),
    /// An Admin of the company; their password is void, and a link that sets another is mailed.
    NewPassword(UserId),
}

/// How long that link works. After it, "Forgot password" brings another.
const LINK_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Ends the account's sessions, records it in `event` with what its details say already, and tells the person who did it.
pub(super) async fn throw_out(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    mut event: Event,
    parting: Parting,
) -> Result<(Ended, RevocationId), Refusal> {
    let epochs = tx.bump_user(user, Bump { tokens: true, credentials: true }).await?;
    let epochs = epochs.ok_or(Code::NotFound)?;
    if let Parting::NewPassword(_) = parting {
        let company = tx.company().await?.ok_or(Code::Internal)?;
        tx.keep_former_password(user, company.policy.password_history).await?;
        tx.void_password(user).await?;
    }
    let ended = end_account(services, tx, user, epochs.auth_epoch, "force_logout").await?;
    let revocation_id = ended.revocations().first().map(|row| row.id).ok_or(Code::Internal)?;
    event.data["reason"] = json!("force_logout");
    event.data["scope"] = json!("user");
    event.data["sessions_revoked"] = json!(ended.sessions());
    event.data["revocation_id"] = json!(revocation_id);
    tx.record(event.about(Subject::user(user))).await?;
    if let Some(user) = tx.user(user).await? {
        tell(services, tx, &user, parting).await?;
    }
    Ok((ended, revocation_id))
}

async fn tell(services: &Services, tx: &TenantTx, user: &UserRow, parting: Parting) -> Result<(), Refusal> {
    match parting {
        Parting::Operator => letters::forced_logout(services, tx, user, None).await,
        Parting::NewPassword(admin) if user.active => {
            let admin = tx.user(admin).await?.ok_or(Code::SessionRevoked)?;
            let token = forgot_password::token(services, tx, user.id);
            forgot_password::issue(tx, user, &token, LINK_LIFETIME).await?;
            account_letters::new_password_demanded(services, tx, (user, &admin), (&token, LINK_LIFETIME)).await
        }
        Parting::Admin(admin) | Parting::NewPassword(admin) => {
            letters::forced_logout(services, tx, user, Some(admin)).await
        }
    }
}
