//! Where the script of `--demo-traffic` is played: the demo company, its cast, their sessions. Everything goes through the
//! store's own doors, and every event says that it is a demo.

use std::time::Duration;

use serde_json::json;

use crate::{
    crypto::{
        seal::{Aad, Sealed},
        totp::TotpSecret,
    },
    dev::demo::{
        cast::{ADMIN, CAST, SLUG, has_factor, places},
        script::Scene,
    },
    domain::{
        code::{Code, Refusal},
        email::NormalEmail,
        event::{Event, Kind, Subject},
        ids::{CompanyId, FactorId, SessionId, UserId},
        policy::amr,
        principal::Origin,
        session::ABSOLUTE_LIFETIME,
    },
    store::{Allowance, Bump, NewFactor, NewSession, NewUser, TenantTx},
    tenant::{Services, Tenants, flows::TOTP_SECRET},
};

/// Sessions one of the cast has at most.
const SESSIONS: u32 = 3;

/// The demo company with everybody in place.
#[derive(Clone)]
pub(super) struct Stage {
    pub(super) tenants: Tenants,
    pub(super) company: CompanyId,
    /// In the order of the cast.
    people: Vec<UserId>,
}

impl Stage {
    /// Brings in whoever of the cast is missing.
    pub(super) async fn set(tenants: &Tenants) -> Result<Self, Refusal> {
        let admin = NormalEmail::parse(ADMIN)?;
        let (company, _) = tenants.store().find_account(admin.as_str(), Some(SLUG)).await?.ok_or(Code::NotFound)?;
        let services = tenants.services().clone();
        let people = tenants.store().in_tenant(company, move |tx| {
            Box::pin(async move {
                let mut people = Vec::with_capacity(CAST.len());
                for who in 0..CAST.len() {
                    people.push(enter(&services, tx, who).await?);
                }
                Ok::<_, Refusal>(people)
            })
        });
        Ok(Self { tenants: tenants.clone(), company, people: people.await?.into_inner() })
    }

    /// Plays one scene: the session it begins or ends, and its event.
    pub(super) async fn play(&self, scene: Scene) -> Result<(), Refusal> {
        let (services, event, user) = (self.tenants.services().clone(), self.event(&scene), self.user(&scene));
        let played = self.tenants.store().in_tenant(self.company, move |tx| {
            Box::pin(async move {
                let session = match (scene.kind, user) {
                    (Kind::LoginSucceeded, Some(user)) => signs_in(&services, tx, user, &scene).await?,
                    (Kind::SessionRevoked, Some(user)) => signs_out(tx, user).await?,
                    _ => None,
                };
                Ok::<_, Refusal>(tx.record(Event { session, ..event }).await?)
            })
        });
        played.await.map(|_| ())
    }

    /// The event of a scene.
    pub(super) fn event(&self, scene: &Scene) -> Event {
        let (ip, user_agent) = (Some(scene.ip.clone()), Some(scene.user_agent.to_owned()));
        let event = Event::new(scene.kind, &Origin { ip, user_agent, ..Origin::default() });
        let mut data = scene.data.clone();
        data["demo"] = json!(true);
        let event = match self.user(scene) {
            Some(user) if scene.by_them => event.by(user).about(Subject::user(user)),
            Some(user) => event.by_anonymous().about(Subject::user(user)),
            None => event.by_anonymous().about(Subject::company(self.company)),
        };
        event.with(data)
    }

    fn user(&self, scene: &Scene) -> Option<UserId> {
        scene.who.and_then(|who| self.people.get(who).copied())
    }
}

/// One of the cast, with a session and mostly with a second factor; made if they are not there yet.
async fn enter(services: &Services, tx: &TenantTx, who: usize) -> Result<UserId, Refusal> {
    let person = CAST[who];
    let email = NormalEmail::parse(person.email)?;
    if let Some(user) = tx.user_by_email(email.as_str()).await? {
        return Ok(user.id);
    }
    let id: UserId = services.world.id();
    tx.insert_user(&NewUser {
        id,
        email: person.email.into(),
        email_norm: email.as_str().into(),
        full_name: person.full_name.into(),
        password_hash: None,
        role: person.role,
        email_verified_at: Some(services.world.now()),
    })
    .await?;
    let joined = Event::new(Kind::UserJoined, &Origin::default()).about(Subject::user(id));
    tx.record(joined.with(json!({ "role": person.role, "demo": true }))).await?;
    if has_factor(who) {
        enroll(services, tx, id).await?;
    }
    for (ip, user_agent) in places(who).into_iter().take(1 + who % 2) {
        start(services, tx, id, (ip, user_agent.to_owned())).await?;
    }
    Ok(id)
}

/// A second factor whose secret nobody has seen.
async fn enroll(services: &Services, tx: &TenantTx, user: UserId) -> Result<(), Refusal> {
    let secret = TotpSecret::generate(&services.world);
    let aad = Aad { company: tx.company_id(), holder: user.0, purpose: TOTP_SECRET };
    let Sealed { key_id, bytes: sealed } = services.sealer.seal(&services.world, &aad, secret.expose());
    let id: FactorId = services.world.id();
    let expires_in = Duration::from_secs(60);
    tx.replace_pending_factor(&NewFactor { id, user, sealed, key_id, expires_in }).await?;
    tx.activate_factor(id, 1).await?;
    tx.bump_user(user, Bump { tokens: false, credentials: true }).await?;
    Ok(())
}

async fn signs_in(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    scene: &Scene,
) -> Result<Option<SessionId>, Refusal> {
    let session = start(services, tx, user, (scene.ip.clone(), scene.user_agent.to_owned())).await?;
    if let Some(session) = session {
        let allowed = Allowance { at_most: SESSIONS, idle: ABSOLUTE_LIFETIME.unsigned_abs() };
        tx.make_room(user, session, allowed, "session_limit").await?;
    }
    Ok(session)
}

async fn start(
    services: &Services,
    tx: &TenantTx,
    user: UserId,
    (ip, user_agent): (String, String),
) -> Result<Option<SessionId>, Refusal> {
    let account = tx.user(user).await?.ok_or(Code::NotFound)?;
    let id: SessionId = services.world.id();
    let new = NewSession {
        id,
        user,
        amr: amr::after(account.mfa_enabled),
        client: "web",
        ip: Some(ip),
        user_agent: Some(user_agent),
        expires_in: ABSOLUTE_LIFETIME.unsigned_abs(),
        credential_version_seen: account.credential_version,
        mfa_enabled_seen: account.mfa_enabled,
    };
    Ok(tx.start_session(&new).await?.map(|_| id))
}

/// Ends the person's oldest session, if they have more than one: the desk is never empty.
async fn signs_out(tx: &TenantTx, user: UserId) -> Result<Option<SessionId>, Refusal> {
    let sessions = tx.live_sessions(user).await?;
    match sessions.last().filter(|_| sessions.len() > 1) {
        Some(oldest) => Ok(tx.revoke_session(oldest.id, "logout").await?.map(|row| row.id)),
        None => Ok(None),
    }
}
