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
        if self.services.nodes.is_draining() {
            return Err(Code::Unavailable.into());
        }
        let head = self.store().in_tenant(company, |tx| Box::pin(tx.audit_head())).await?.into_inner();
        let attached = self.directory.attach(&self.services, principal.clone(), socket, head).await?;
        // Asked again once the hub knows the socket: a revocation between the first answer and now finds it there.
        if let Err(refusal) = self.door().recheck(&principal).await {
            self.detach(company, attached.socket, false);
            return Err(refusal);
        }
        Ok(attached)
    }

    /// Turns a caller away who has as many live sockets on this node as one session or person may have, and everybody
    /// while the node is about to stop.
    ///
    /// # Errors
    /// `too_many_requests`; `unavailable` while the company's supervisor is out of order, and on a node that stops.
    pub async fn make_room(&self, principal: &Principal) -> Result<(), Refusal> {
        if self.services.nodes.is_draining() {
            return Err(Code::Unavailable.into());
        }
        match self.directory.has_room(&self.services, principal.clone()).await? {
            true => Ok(()),
            false => Err(Code::TooManyRequests.into()),
        }
    }

    /// Which sessions of the company have a live socket on any node. What other nodes say may be some seconds old.
    ///
    /// # Errors
    /// `unavailable` when the database cannot say what other nodes noted.
    pub async fn present(&self, company: CompanyId) -> Result<HashSet<SessionId>, Refusal> {
        let mut present = self.directory.present(company).await;
        let others = self.services.nodes.others();
        if !others.is_empty() {
            let there = self.store().in_tenant::<_, Refusal, _>(company, move |tx| {
                Box::pin(async move { Ok(tx.present_at(&others).await?) })
            });
            present.extend(there.await?.into_inner());
        }
        Ok(present)
    }

    /// The installation's epoch: it rises when the database was brought back from a backup.
    pub fn epoch(&self) -> i64 {
        self.services.nodes.epoch()
    }

    /// Takes a live socket out. `answered`: it was the client that closed.
    pub fn detach(&self, company: CompanyId, socket: SocketId, answered: bool) {
        self.directory.detach(company, socket, answered);
    }

    /// The node stops: no socket gets in any more; every live one, and every service that follows the revocations, is told to
    /// come again.
    pub fn release_sockets(&self) {
        self.services.nodes.drain();
        self.directory.release_sockets();
        self.services.feed.dismiss();
    }

    /// A live socket's access token was renewed: later revocations are judged by the new epochs.
    pub fn renewed(&self, socket: SocketId, principal: Principal) {
        self.directory.renewed(socket, principal);
    }
}
