//! Ending sessions: the one place that writes revocations, and the one that spreads them after the commit.

use std::time::Duration;

use futures_util::future::{BoxFuture, join};

use super::super::{Services, Tenants};
use crate::{
    domain::{
        code::Refusal,
        ids::{CompanyId, SessionId, UserId},
        revocation::Scope,
    },
    nodes::Confirmation,
    store::{Allowance, Committed, NewRevocation, RevocationRow, TenantTx},
};

/// Sessions ended in a transaction, with the revocations that tell every node.
#[derive(Debug, Default)]
pub(super) struct Ended {
    revocations: Vec<RevocationRow>,
    sessions: usize,
}

/// How long a revocation must be remembered: no access token issued before it lives longer.
fn memory(services: &Services) -> Duration {
    services.settings.access_lifetime + Duration::from_secs(60)
}

impl Ended {
    /// How many sessions were alive and are no more.
    pub(super) fn sessions(&self) -> usize {
        self.sessions
    }

    /// The revocations.
    pub(super) fn revocations(&self) -> &[RevocationRow] {
        &self.revocations
    }

    /// Both together.
    pub(super) fn and(mut self, other: Self) -> Self {
        self.revocations.extend(other.revocations);
        self.sessions += other.sessions;
        self
    }

    /// Does `work` in one transaction of the company, spreads what it ended, and answers how many sessions that were.
    pub(super) async fn by<W>(company: CompanyId, tenants: &Tenants, work: W) -> Result<usize, Refusal>
    where
        W: for<'t> FnOnce(&'t TenantTx) -> BoxFuture<'t, Result<Self, Refusal>> + Send + 'static,
    {
        let ended = tenants.services().store.in_tenant(company, work).await?;
        let sessions = ended.sessions();
        Self::spread(ended, tenants).await;
        Ok(sessions)
    }

    /// Makes the revocations felt: on this node at once, on the others as soon as they hear of it. Answers how many sockets
    /// closed here.
    pub(super) async fn spread(ended: Committed<Self>, tenants: &Tenants) -> usize {
        // Doors first: while sockets are being closed, no new one gets in.
        tenants.services().feed.shut_each(&ended, |ended| &ended.revocations);
        if !ended.revocations.is_empty() {
            tenants.services().nodes.revoked();
        }
        ended.close(tenants).await
    }

    /// The same, and waits a moment for the other nodes to confirm the first of them. The sockets closed there are counted
    /// too.
    pub(super) async fn spread_and_confirm(ended: Committed<Self>, tenants: &Tenants) -> Confirmation {
        let Some(act) = ended.revocations.first().map(|row| row.id) else { return Confirmation::default() };
        tenants.services().feed.shut_each(&ended, |ended| &ended.revocations);
        let (here, confirmed) = join(ended.close(tenants), tenants.services().nodes.confirm(act)).await;
        Confirmation { sockets_closed: here as u64 + confirmed.sockets_closed, ..confirmed }
    }

    async fn close(&self, tenants: &Tenants) -> usize {
        let mut closed = 0;
        for revocation in &self.revocations {
            closed += tenants.directory().close_sockets(revocation).await;
        }
        closed
    }
}

/// Ends one session if it is alive.
pub(super) async fn end_session(
    services: &Services,
    tx: &TenantTx,
    session: SessionId,
    reason: &'static str,
) -> Result<Ended, Refusal> {
    if tx.revoke_session(session, reason).await?.is_none() {
        return Ok(Ended::default());
    }
    let revocation = revoke(services, tx, Scope::Session(session)).await?;
    Ok(Ended { revocations: vec![revocation], sessions: 1 })
}

/// Ends an account's sessions one by one, but for `except`. The caller has bumped the account's credential version, so
/// no sign-in that began before can still open one.
pub(super) async fn end_sessions(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    except: Option<SessionId>,
    reason: &'static str,
) -> Result<Ended, Refusal> {
    told(services, tx, tx.revoke_user_sessions(user, except, reason).await?).await
}

/// Ends an account's oldest sessions where it has more than the company allows, `newest` not among them. Answers also how
/// many are in use, if they have just become many.
pub(super) async fn end_surplus(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    newest: SessionId,
    allowed: Allowance,
) -> Result<(Ended, Option<u32>), Refusal> {
    let room = tx.make_room(user, newest, allowed, "session_limit").await?;
    Ok((told(services, tx, room.ended).await?, room.many))
}

/// Ends every session of the company that proved no second factor, but for `except`. The caller has locked the company.
pub(super) async fn end_single_factor(services: &Services, tx: &TenantTx, except: SessionId) -> Result<Ended, Refusal> {
    told(services, tx, tx.revoke_single_factor_sessions(except, "mfa_required").await?).await
}

async fn told(services: &Services, tx: &TenantTx, ended: Vec<SessionId>) -> Result<Ended, Refusal> {
    let revocations = tx.insert_session_revocations(&ended, memory(services)).await?;
    Ok(Ended { sessions: ended.len(), revocations })
}

/// Ends every session of an account at a stroke: one revocation of everything issued before `min_epoch`.
pub(super) async fn end_account(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    min_epoch: i64,
    reason: &'static str,
) -> Result<Ended, Refusal> {
    let sessions = tx.revoke_user_sessions(user, None, reason).await?.len();
    let revocation = revoke(services, tx, Scope::User { id: user, min_epoch }).await?;
    Ok(Ended { revocations: vec![revocation], sessions })
}

/// Ends every session of the company at a stroke, but for `spared`. The caller holds the company's lock.
pub(super) async fn end_company(
    services: &Services,
    tx: &TenantTx,
    spared: Option<SessionId>,
    reason: &'static str,
) -> Result<Ended, Refusal> {
    let min_epoch = tx.bump_company().await?;
    let sessions = tx.revoke_all_sessions(spared, reason).await?;
    let scope = spared.map_or(Scope::Company { min_epoch }, |spared| Scope::Others { spared, min_epoch });
    let revocation = revoke(services, tx, scope).await?;
    Ok(Ended { revocations: vec![revocation], sessions: usize::try_from(sessions).unwrap_or(usize::MAX) })
}

/// Ends every session of the company whose epoch has just become `min_epoch`. The caller holds the company's lock.
pub(super) async fn end_company_at(
    services: &Services,
    tx: &TenantTx,
    min_epoch: i64,
    reason: &'static str,
) -> Result<Ended, Refusal> {
    let sessions = tx.revoke_all_sessions(None, reason).await?;
    let revocation = revoke(services, tx, Scope::Company { min_epoch }).await?;
    Ok(Ended { revocations: vec![revocation], sessions: usize::try_from(sessions).unwrap_or(usize::MAX) })
}

/// The account has other rights: tokens of an older epoch die, live sockets close with 4403. The sessions go on.
pub(super) async fn change_rights(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    min_epoch: i64,
) -> Result<Ended, Refusal> {
    let revocation = revoke(services, tx, Scope::Rights { id: user, min_epoch }).await?;
    Ok(Ended { revocations: vec![revocation], sessions: 0 })
}

async fn revoke(services: &Services, tx: &TenantTx, scope: Scope) -> Result<RevocationRow, Refusal> {
    Ok(tx.insert_revocation(&NewRevocation { scope, lives: memory(services) }).await?)
}

/// The second factor is gone: access tokens that say `mfa` stop saying it at once. The sessions go on.
pub(super) async fn lower_assurance(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    min_epoch: i64,
) -> Result<Ended, Refusal> {
    let revocation = revoke(services, tx, Scope::Assurance { id: user, min_epoch }).await?;
    Ok(Ended { revocations: vec![revocation], sessions: 0 })
}
