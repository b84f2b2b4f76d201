//! Renewing a session. The parent's row is locked, the pure rule decides, and rotation, repetition or the end of the
//! family happen in the same transaction. The successor is derived from its parent, so a lost answer can be given
//! again without being stored.
//!
//! Nearly every renewal is a plain rotation, which the database does in one flight; whatever it does not take is decided
//! here.

use std::{sync::Arc, time::Duration};

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::{
    letters,
    opening::{grant_of, issue_access},
    revoke::{Ended, end_session},
    views::SignedIn,
};
use crate::{
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        one_time::{OneTimeToken, Purpose},
        principal::Origin,
        refresh::{self, Decision},
    },
    store::{RefreshFamily, TenantTx},
    tenant::{Command, LaneKey, Place, Services, Tenants},
};

/// Exchange a refresh token for new tokens.
#[derive(Debug)]
pub struct Refresh {
    /// The refresh token.
    pub refresh_token: SecretString,
    /// From where.
    pub origin: Origin,
}

/// How the exchange ended in the database.
enum Exchanged {
    Renewed(Box<RefreshFamily>),
    Refused(Code),
}

impl Refresh {
    fn token(&self) -> Result<OneTimeToken, Refusal> {
        let token = OneTimeToken::parse(self.refresh_token.expose_secret(), Purpose::Refresh);
        Ok(token.ok_or(Code::InvalidRefreshToken)?)
    }
}

impl Command for Refresh {
    type Output = SignedIn;
    const NAME: &'static str = "refresh";
    const BY_TOKEN: bool = true;
    /// Renewals are cheap, and a browser with many tabs may send one for each.
    const DEPTH: usize = 128;

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        let token = self.token()?;
        Ok(Place { company: token.company, lane: LaneKey(token.holder) })
    }

    async fn perform(self, place: Place, tenants: Tenants) -> Result<SignedIn, Refusal> {
        let (services, token) = (tenants.services().clone(), self.token()?);
        let successor = refresh::successor(&token, &services.pepper.successor_key());
        let event = Event::new(Kind::SessionRefreshed, &self.origin);
        let (hashes, lifetime) = ((&token.hash(), &successor.hash()), services.settings.refresh_lifetime);
        if let Some(family) = services.store.renew_session(place.company, hashes, lifetime, &event).await? {
            return signed_in(&services, family, &successor);
        }
        let (tools, origin) = (services.clone(), self.origin);
        let exchanged = services
            .store
            .in_tenant(place.company, move |tx| Box::pin(async move { exchange(&tools, tx, token, origin).await }));
        let (exchanged, ended) = exchanged.await?.split();
        Ended::spread(ended, &tenants).await;
        match exchanged {
            Exchanged::Refused(code) => Err(code.into()),
            Exchanged::Renewed(family) => signed_in(&services, *family, &successor),
        }
    }
}

/// The new tokens. The access token says what the family was found to be while token and session were locked; alive, or the
/// rule had refused it.
fn signed_in(services: &Services, family: RefreshFamily, successor: &OneTimeToken) -> Result<SignedIn, Refusal> {
    let grant = grant_of(services, &family.session, &family.user, &family.company);
    Ok(SignedIn {
        access: issue_access(services, &grant)?,
        refresh_token: SecretString::from(successor.expose()),
        refresh_expires_in_seconds: life_of(services, &family).as_secs(),
        user: family.user.into(),
    })
}

async fn exchange(
    services: &Arc<Services>,
    tx: &TenantTx,
    token: OneTimeToken,
    origin: Origin,
) -> Result<(Exchanged, Ended), Refusal> {
    let Some(family) = tx.lock_refresh(&token.hash()).await? else {
        return Ok((Exchanged::Refused(Code::InvalidRefreshToken), Ended::default()));
    };
    if family.lacks_second_factor() {
        let ended = single_factor(services, tx, &family, &origin).await?;
        return Ok((Exchanged::Refused(Code::InvalidRefreshToken), ended));
    }
    let successor = refresh::successor(&token, &services.pepper.successor_key());
    match refresh::decide(&family.parent(), &family.child(), family.now) {
        Decision::Rotate => {
            rotate(services, tx, &family, &successor, &origin).await?;
            Ok((Exchanged::Renewed(Box::new(family)), Ended::default()))
        }
        Decision::Repeat => Ok((Exchanged::Renewed(Box::new(family)), Ended::default())),
        Decision::Superseded => Ok((Exchanged::Refused(Code::Superseded), Ended::default())),
        Decision::Dead => Ok((Exchanged::Refused(Code::InvalidRefreshToken), Ended::default())),
        Decision::Reuse => {
            let ended = reused(services, tx, &family, &origin).await?;
            Ok((Exchanged::Refused(Code::InvalidRefreshToken), ended))
        }
    }
}

/// Spends the parent and writes its one child.
async fn rotate(
    services: &Services,
    tx: &TenantTx,
    family: &RefreshFamily,
    successor: &OneTimeToken,
    origin: &Origin,
) -> Result<(), Refusal> {
    let (session, parent) = (family.session.id, family.token.id);
    if !tx.use_refresh(parent).await? {
        return Err(Code::InvalidRefreshToken.into());
    }
    tx.insert_refresh(session, &successor.hash(), Some(parent), life_of(services, family)).await?;
    tx.touch_session(session).await?.ok_or(Code::InvalidRefreshToken)?;
    let event = Event::new(Kind::SessionRefreshed, origin).by(family.user.id).in_session(session);
    Ok(tx.record(event.about(Subject::session(session))).await?)
}

/// Somebody uses a token that was used before: thief or owner, nobody can tell. The family ends.
async fn reused(services: &Services, tx: &TenantTx, family: &RefreshFamily, origin: &Origin) -> Result<Ended, Refusal> {
    let session = family.session.id;
    let ended = end_session(services, tx, session, "refresh_reused").await?;
    if ended.sessions() > 0 {
        let event = Event::new(Kind::RefreshReused, origin).by_anonymous().in_session(session);
        tx.record(event.about(Subject::user(family.user.id)).with(json!({ "sessions_revoked": 1 }))).await?;
        letters::refresh_reused(services, tx, &family.user, origin).await?;
    }
    Ok(ended)
}

/// The company demands a second factor since, and this session has none: it ends here, and the next sign-in leads to one.
async fn single_factor(
    services: &Services,
    tx: &TenantTx,
    family: &RefreshFamily,
    origin: &Origin,
) -> Result<Ended, Refusal> {
    let ended = end_session(services, tx, family.session.id, "mfa_required").await?;
    if ended.sessions() > 0 {
        let event = Event::new(Kind::SessionRevoked, origin).in_session(family.session.id);
        let data = json!({ "reason": "mfa_required", "sessions_revoked": 1 });
        tx.record(event.about(Subject::user(family.user.id)).with(data)).await?;
    }
    Ok(ended)
}

/// How long a token given now lives: never longer than its session.
fn life_of(services: &Services, family: &RefreshFamily) -> Duration {
    let left = Duration::try_from(family.session.expires_at - family.now).unwrap_or_default();
    left.min(services.settings.refresh_lifetime).min(family.company.policy.idle())
}
