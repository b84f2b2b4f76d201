//! The tenant floor in the words of the live channel.

use actix::Recipient;
use secrecy::SecretString;

use crate::{
    domain::{audit::AuditRow, ids::CompanyId, principal::Principal},
    live::{Backend, Reply},
    stream::revocation::Verdict,
    tenant::{
        Tenants,
        flows::RedeemTicket,
        hub::{Attached, Push, SocketId},
    },
};

impl Backend for Tenants {
    fn redeem(&self, ticket: String) -> Reply<Principal> {
        let tenants = self.clone();
        Box::pin(async move { tenants.run(RedeemTicket { ticket: SecretString::from(ticket) }).await })
    }

    fn admit(&self, access_token: String) -> Reply<Principal> {
        let tenants = self.clone();
        Box::pin(async move { tenants.door().admit(&access_token).await })
    }

    fn check(&self, principal: &Principal) -> Verdict {
        self.door().verdict(principal)
    }

    fn check_database(&self, principal: Principal) -> Reply<()> {
        let tenants = self.clone();
        Box::pin(async move { tenants.door().recheck(&principal).await })
    }

    fn make_room(&self, principal: Principal) -> Reply<()> {
        let tenants = self.clone();
        Box::pin(async move { Self::make_room(&tenants, &principal).await })
    }

    fn epoch(&self) -> i64 {
        Self::epoch(self)
    }

    fn attach(&self, principal: Principal, recipient: Recipient<Push>) -> Reply<Attached> {
        let tenants = self.clone();
        Box::pin(async move { Self::attach(&tenants, principal, recipient).await })
    }

    fn detach(&self, company: CompanyId, socket: SocketId, answered: bool) {
        Self::detach(self, company, socket, answered);
    }

    fn renewed(&self, socket: SocketId, principal: Principal) {
        Self::renewed(self, socket, principal);
    }

    fn events(&self, company: CompanyId, after: i64, limit: u64) -> Reply<Vec<AuditRow>> {
        let store = self.store().clone();
        Box::pin(async move {
            let read = store.in_tenant(company, move |tx| Box::pin(tx.audit_since(after, limit)));
            Ok(read.await?.into_inner())
        })
    }
}
