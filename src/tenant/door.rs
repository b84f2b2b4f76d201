//! The one check every door makes: REST, live ticket, socket attach, every push, in-band renewal.

use std::{sync::Arc, time::Instant};

use serde_json::Value;

use crate::{
    crypto::token::AccessTokens,
    domain::{
        code::{Code, Refusal},
        policy::amr,
        principal::Principal,
        world::World,
    },
    signals::meter,
    stream::revocation::{Feed, Verdict},
};

/// Lets callers in whose access token is genuine and whose session lives.
#[derive(Clone)]
pub struct Door {
    access: Arc<AccessTokens>,
    feed: Feed,
    world: World,
}

impl Door {
    /// A door that trusts the given keys and revocation feed.
    pub fn new(access: Arc<AccessTokens>, feed: Feed, world: World) -> Self {
        Self { access, feed, world }
    }

    /// Verifies an access token and that it is not revoked. Touches the database only while the revocation lease is
    /// stale.
    ///
    /// # Errors
    /// `unauthenticated`, `session_revoked`, or `unavailable` when neither feed nor database can say.
    pub async fn admit(&self, token: &str) -> Result<Principal, Refusal> {
        let mut principal = self.access.verify(token, self.world.now()).map_err(|_| Code::Unauthenticated)?;
        self.recheck(&principal).await?;
        if self.feed.lowers(&principal) {
            // The second factor was removed after this token was issued.
            principal.amr = amr::after(false);
        }
        Ok(principal)
    }

    /// Asks again whether an admitted caller may stay.
    ///
    /// # Errors
    /// As [`Door::admit`].
    pub async fn recheck(&self, principal: &Principal) -> Result<(), Refusal> {
        match self.verdict(principal) {
            Verdict::Open => Ok(()),
            Verdict::Refused(code) => Err(code.into()),
            Verdict::Stale => {
                meter::lease_stale();
                self.feed.check_database(principal).await
            }
        }
    }

    /// What this node knows of the caller without waiting for anything.
    pub fn verdict(&self, principal: &Principal) -> Verdict {
        if principal.expires_at <= self.world.now() {
            return Verdict::Refused(Code::Unauthenticated);
        }
        self.feed.check(principal, Instant::now())
    }

    /// Who issues the tokens it lets in.
    pub fn issuer(&self) -> &str {
        self.access.issuer()
    }

    /// Whom they are for.
    pub fn audience(&self) -> &str {
        self.access.audience()
    }

    /// The public keys (RFC 7517) that verify access tokens.
    pub fn jwks(&self) -> Value {
        self.access.jwks()
    }
}
