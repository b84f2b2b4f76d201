//! An Admin's act on an account, as the rule needs to see it: under the company's lock, with everything read after it.
//!
//! The caller's token may be older than the latest change of their own rights, by as long as a revocation needs to reach
//! this node. So the Admin is read again here: who was demoted a moment ago changes nobody any more.

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::UserId,
        people::{Account, Act, Actor, Decision, decide},
        principal::Principal,
    },
    store::{TenantTx, UserRow},
};

/// Everything the rule asks for, as it stays until the transaction ends.
pub(super) struct Case {
    /// Who acts.
    pub(super) admin: UserRow,
    /// On whom.
    pub(super) account: UserRow,
    active_admins: u64,
}

impl Case {
    /// Locks the company and reads. `not_found` when the company has no such account.
    pub(super) async fn open(tx: &TenantTx, principal: &Principal, user: UserId) -> Result<Self, Refusal> {
        let admin = standing(tx, principal).await?;
        let account = tx.user(user).await?.ok_or(Code::NotFound)?;
        Ok(Self { admin, account, active_admins: tx.count_active_admins().await? })
    }

    /// What the rule says.
    pub(super) fn decide(&self, act: Act) -> Result<Decision, Refusal> {
        let UserRow { role, active, mfa_enabled: factor, .. } = self.account;
        let actor = Actor { role: self.admin.role, own: self.admin.id == self.account.id };
        Ok(decide(actor, Account { role, active, factor }, act, self.active_admins)?)
    }
}

/// Locks the company, then asks whether the caller is still who their token says. `session_revoked` or `rights_changed`.
pub(super) async fn standing(tx: &TenantTx, principal: &Principal) -> Result<UserRow, Refusal> {
    tx.lock_company().await?;
    let company = tx.company().await?.filter(|company| company.active).ok_or(Code::SessionRevoked)?;
    let user = tx.user(principal.user).await?.filter(|user| user.active).ok_or(Code::SessionRevoked)?;
    let session = tx.session(principal.session).await?.filter(|session| session.revoked_at.is_none());
    session.ok_or(Code::SessionRevoked)?;
    let current = company.auth_epoch <= principal.company_epoch
        && user.auth_epoch <= principal.epoch
        && user.role == principal.role;
    if current { Ok(user) } else { Err(Code::RightsChanged.into()) }
}
