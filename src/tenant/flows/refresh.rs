//! Renewing a session. The parent's row is locked, the pure rule decides, and rotation, repetition or the end of the
//! family happen in the same transaction. The successor is derived from its parent, so a lost answer can be given
//! again without being stored.

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
    crypto::token::Grant,
    domain::{
        code::{Code, Refusal},
        event::{Event, Kind, Subject},
        one_time::{OneTimeToken, Purpose},
        policy::amr,
        principal::Origin,
        refresh::{self, Child, Decision, Parent},
    },
    store::{RefreshFamily, TenantTx, UserRow},
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
    Renewed { grant: Box<Grant>, user: Box<UserRow>, successor: OneTimeToken, lives: Duration },
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
        let (tools, origin) = (services.clone(), self.origin);
        let exchanged = services
            .store
            .in_tenant(place.company, move |tx| Box::pin(async move { exchange(&tools, tx, token, origin).await }));
        let (exchanged, ended) = exchanged.await?.split();
        Ended::spread(ended, &tenants).await;
        match exchanged {
            Exchanged::Refused(code) => Err(code.into()),
            Exchanged::Renewed { grant, user, successor, lives } => Ok(SignedIn {
                access: issue_access(&services, &grant)?,
                user: (*user).into(),
                refresh_token: SecretString::from(successor.expose()),
                refresh_expires_in_seconds: lives.as_secs(),
            }),
        }
    }
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
    if family.company.policy.mfa_required && !amr::is_multi(&family.session.amr) {
        let ended = single_factor(services, tx, &family, &origin).await?;
        return Ok((Exchanged::Refused(Code::InvalidRefreshToken), ended));
    }
    let successor = refresh::successor(&token, &services.pepper.successor_key());
    match refresh::decide(&parent_of(&family), &child_of(&family), family.now) {
        Decision::Rotate => {
            rotate(services, tx, &family, &successor, &origin).await?;
            Ok(renewed(services, family, successor))
        }
        Decision::Repeat => Ok(renewed(services, family, successor)),
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

/// The new access token says what the family was found to be while token and session are locked; alive, or the rule had
/// refused it.
fn renewed(services: &Services, family: RefreshFamily, successor: OneTimeToken) -> (Exchanged, Ended) {
    let grant = Box::new(grant_of(services, &family.session, &family.user, &family.company));
    let lives = life_of(services, &family);
    (Exchanged::Renewed { grant, user: Box::new(family.user), successor, lives }, Ended::default())
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

/// The facts of the presented token. Its family lives as long as session, account and company do.
fn parent_of(family: &RefreshFamily) -> Parent {
    Parent {
        used_at: family.token.used_at,
        expires_at: family.token.expires_at.min(family.session.last_seen_at + family.company.policy.idle()),
        family_alive: family.session.revoked_at.is_none() && family.user.active && family.company.active,
        family_expires_at: family.session.expires_at,
    }
}

/// The facts of its successor.
fn child_of(family: &RefreshFamily) -> Child {
    match &family.child {
        None => Child::Absent,
        Some(child) if child.used_at.is_none() => Child::Unused,
        Some(_) => Child::Used,
    }
}

/// How long a token given now lives: never longer than its session.
fn life_of(services: &Services, family: &RefreshFamily) -> Duration {
    let left = Duration::try_from(family.session.expires_at - family.now).unwrap_or_default();
    left.min(services.settings.refresh_lifetime).min(family.company.policy.idle())
}
