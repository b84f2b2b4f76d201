//! The tenants as the live channel sees them.

use std::collections::HashSet;

use actix::Recipient;

use super::{
    Tenants,
    hub::{Attached, Push, SocketId},
};
use crate::domain::{
    code::{Code, Refusal},
    ids::{CompanyId, SessionId},
    principal::Principal,
};

impl Tenants {
    /// Attaches a live socket of `principal` to its company. The answer says up to which number the stream had come
    /// when the socket began to hear it; what is older is replayed from the database.
    ///
    /// # Errors
    /// `session_revoked` when a revocation was faster; `unavailable` while the company's supervisor or the database is
    /// out of order.
    pub async fn attach(&self, principal: Principal, socket: Recipient<Push>) -> Result<Attached, Refusal> {
        let company = principal.company;
        let head = self.store().in_tenant(company, |tx| Box::pin(tx.audit_head())).await?.into_inner();
        let attached = self.directory.attach(&self.services, principal.clone(), socket, head).await?;
        // Asked again once the hub knows the socket: a revocation between the first answer and now finds it there.
        if let Err(refusal) = self.door().recheck(&principal).await {
            self.detach(company, attached.socket, false);
            return Err(refusal);
        }
        Ok(attached)
    }

    /// Turns a caller away who has as many live sockets on this node as one session or person may have.
    ///
    /// # Errors
    /// `too_many_requests`; `unavailable` while the company's supervisor is out of order.
    pub async fn make_room(&self, principal: &Principal) -> Result<(), Refusal> {
        match self.directory.has_room(&self.services, principal.clone()).await? {
            true => Ok(()),
            false => Err(Code::TooManyRequests.into()),
        }
    }

    /// Which sessions of the company have a live socket on this node. Other nodes have theirs.
    pub async fn present(&self, company: CompanyId) -> HashSet<SessionId> {
        self.directory.present(company).await
    }

    /// Takes a live socket out. `answered`: it was the client that closed.
    pub fn detach(&self, company: CompanyId, socket: SocketId, answered: bool) {
        self.directory.detach(company, socket, answered);
    }

    /// The node stops: every live socket is told to come again.
    pub fn release_sockets(&self) {
        self.directory.release_sockets();
    }

    /// A live socket's access token was renewed: later revocations are judged by the new epochs.
    pub fn renewed(&self, socket: SocketId, principal: Principal) {
        self.directory.renewed(socket, principal);
    }
}
