//! Tickets for the live channel: browsers cannot put a token into a WebSocket's headers, so they swap it for a ticket
//! that works once within 30 seconds.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use time::OffsetDateTime;

use super::{opening::current_grant, views::TicketView};
use crate::{
    domain::{
        code::{Code, Refusal},
        ids::{CompanyId, SessionId},
        one_time::{OneTimeToken, Purpose},
        principal::{Origin, Principal},
        world::World,
    },
    store::NewOneTime,
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

const LIFETIME: Duration = Duration::from_secs(30);

/// Ask for a ticket.
#[derive(Debug)]
pub struct IssueTicket {
    /// The caller.
    pub principal: Principal,
    /// From where.
    pub origin: Origin,
}

/// Swap a ticket for the caller it was given to.
#[derive(Debug)]
pub struct RedeemTicket {
    /// The ticket.
    pub ticket: SecretString,
}

impl Command for IssueTicket {
    type Output = TicketView;
    const NAME: &'static str = "issue_ticket";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place { company: self.principal.company, lane: LaneKey(self.principal.session.0) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<TicketView, Refusal> {
        let services = tenants.services().clone();
        let store = services.store.clone();
        let ticket = store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                let Principal { user, session, .. } = self.principal;
                let ticket = until(self.principal.expires_at, &services.world, tx.company_id(), session);
                tx.issue(&NewOneTime {
                    purpose: ticket.purpose,
                    holder: ticket.holder,
                    hash: ticket.hash(),
                    user: Some(user),
                    credential_version: None,
                    session: Some(session),
                    max_tries: 1,
                    expires_in: LIFETIME,
                })
                .await?;
                Ok::<_, Refusal>(SecretString::from(ticket.expose()))
            })
        });
        Ok(TicketView { ticket: ticket.await?.into_inner(), expires_in_seconds: LIFETIME.as_secs() })
    }
}

/// A ticket that says in the last eight bytes of its secret when the access token that asked for it ends. They cannot
/// be changed: a ticket is found by the hash of its whole text. 192 bits of chance are left.
fn until(end: OffsetDateTime, world: &World, company: CompanyId, session: SessionId) -> OneTimeToken {
    let mut secret: [u8; 32] = world.bytes();
    secret[24..].copy_from_slice(&end.unix_timestamp().to_be_bytes());
    OneTimeToken::from_secret(Purpose::LiveTicket, company, session.0, secret)
}

/// When the token behind a ticket ends; long ago if that is no time.
fn end_of(ticket: &OneTimeToken) -> OffsetDateTime {
    let seconds = i64::from_be_bytes(ticket.tail());
    OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

impl RedeemTicket {
    fn token(&self) -> Result<OneTimeToken, Refusal> {
        let token = OneTimeToken::parse(self.ticket.expose_secret(), Purpose::LiveTicket);
        Ok(token.ok_or(Code::InvalidTicket)?)
    }
}

impl Command for RedeemTicket {
    type Output = Principal;
    const NAME: &'static str = "redeem_ticket";
    const BY_TOKEN: bool = true;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let token = self.token()?;
        Ok(Place { company: token.company, lane: LaneKey(token.holder) })
    }

    /// The caller as the database has them now, until the access token that asked for the ticket would have ended: a
    /// ticket gives nobody more time than they had.
    async fn perform(self, place: Place, tenants: Tenants) -> Result<Principal, Refusal> {
        let (services, token) = (tenants.services().clone(), self.token()?);
        let (tools, ends) = (services.clone(), end_of(&token));
        let redeemed = services.store.in_tenant(place.company, move |tx| {
            Box::pin(async move {
                tx.claim_use(&token.hash(), Purpose::LiveTicket).await?.ok_or(Code::InvalidTicket)?;
                current_grant(&tools, tx, SessionId(token.holder)).await
            })
        });
        let grant = redeemed.await?.into_inner();
        Ok(Principal {
            user: grant.user,
            company: grant.company,
            session: grant.session,
            role: grant.role,
            amr: grant.amr,
            auth_time: grant.auth_time,
            expires_at: ends.min(grant.session_expires_at),
            epoch: grant.epoch,
            company_epoch: grant.company_epoch,
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::sample::{NOON, world};

    #[test]
    fn a_ticket_carries_the_end_of_the_token_that_asked_for_it() {
        let ticket = until(NOON, &world(), Uuid::from_u128(1).into(), Uuid::from_u128(2).into());
        let read = OneTimeToken::parse(&ticket.expose(), Purpose::LiveTicket).unwrap();
        assert_eq!(end_of(&read), NOON);
        let absurd = OneTimeToken::from_secret(Purpose::LiveTicket, read.company, read.holder, [0x7f; 32]);
        assert_eq!(end_of(&absurd), OffsetDateTime::UNIX_EPOCH);
    }
}
