//! Opening a session: the one place that makes a session, its refresh family and its first tokens.

use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{
    devices,
    once::secret,
    revoke::{Ended, end_surplus},
    views::{AccessView, Client, SignedIn},
};
use crate::{
    crypto::token::Grant,
    domain::{
        code::{Code, Refusal},
        enroll,
        event::{Event, Kind, Severity, Subject},
        factor::Method,
        ids::{CompanyId, SessionId},
        lockout,
        one_time::{OneTimeToken, Purpose},
        policy::amr,
        principal::Origin,
    },
    store::{Allowance, CompanyRow, NewOneTime, NewSession, SessionRow, StartedSession, TenantTx, UserRow},
    tenant::Services,
};

/// How a sign-in goes on.
#[derive(Debug, Serialize, Deserialize)]
pub enum LoginStep {
    /// In.
    Authenticated(Box<SignedIn>),
    /// A second factor is asked.
    MfaRequired(Waiting),
    /// A second factor is demanded and has to be set up first.
    EnrollmentRequired(Waiting),
}

impl LoginStep {
    /// Its name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Authenticated(_) => "authenticated",
            Self::MfaRequired(_) => "mfa_required",
            Self::EnrollmentRequired(_) => "mfa_enrollment_required",
        }
    }
}

/// A sign-in that waits for its second step.
#[derive(Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// Names this sign-in in the next step.
    #[serde(with = "secret")]
    pub mfa_token: SecretString,
    /// What can be answered or set up: `totp`, `backup_code`.
    pub methods: Vec<String>,
    /// How long the sign-in waits.
    pub expires_in_seconds: u64,
}

/// What a new session is opened with.
pub(super) struct Opening<'a> {
    pub(super) user: &'a UserRow,
    pub(super) second_factor: bool,
    pub(super) client: Client,
    pub(super) origin: &'a Origin,
}

/// A session in the transaction: nothing leaves the house before the commit.
pub(super) struct Opened {
    pub(super) session: SessionId,
    pub(super) signed_in: SignedIn,
    /// Older sessions that had to make room; to be spread after the commit.
    pub(super) ended: Ended,
}

/// Opens a session if the account is still what the flow saw: active, with the same credentials. `None` when anything
/// changed meanwhile (a new password, a factor, a forced logout): whoever revoked was first.
pub(super) async fn open_session(
    services: &Services,
    tx: &TenantTx,
    opening: Opening<'_>,
) -> Result<Option<Opened>, Refusal> {
    let new = planned(services, &opening);
    let Opening { user, origin, .. } = opening;
    let session = new.id;
    let Some(started) = tx.start_session(&new).await? else { return Ok(None) };
    let refresh = refresh_token(services, tx.company_id(), session);
    tx.insert_refresh(session, &refresh.hash(), None, refresh_life(services, &started)).await?;
    let signed_in = first_tokens(services, tx.company_id(), user, &new, &started, &refresh)?;
    devices::note(services, tx, user, session, origin).await?;
    let allowed = Allowance { at_most: started.at_most, idle: started.idle };
    let ended = make_room(services, tx, (user, origin), session, allowed).await?;
    Ok(Some(Opened { session, signed_in, ended }))
}

/// The session a sign-in asks for.
pub(super) fn planned(services: &Services, opening: &Opening<'_>) -> NewSession {
    let Opening { user, second_factor, client, origin } = opening;
    NewSession {
        id: services.world.id(),
        user: user.id,
        amr: amr::after(*second_factor),
        client: client.as_str(),
        ip: origin.ip.clone(),
        user_agent: origin.user_agent.clone(),
        expires_in: services.settings.session_lifetime,
        credential_version_seen: user.credential_version,
        mfa_enabled_seen: user.mfa_enabled,
    }
}

/// The first refresh token of a session.
pub(super) fn refresh_token(services: &Services, company: CompanyId, session: SessionId) -> OneTimeToken {
    OneTimeToken::new(&services.world, Purpose::Refresh, company, session.0)
}

/// How long that token lives: never longer than its session, nor than a session nobody uses.
fn refresh_life(services: &Services, started: &StartedSession) -> Duration {
    let whole = Duration::try_from(started.expires_at - started.created_at).unwrap_or_default();
    services.settings.refresh_lifetime.min(started.idle).min(whole)
}

/// What the person gets for a session that has begun.
pub(super) fn first_tokens(
    services: &Services,
    company: CompanyId,
    user: &UserRow,
    session: &NewSession,
    started: &StartedSession,
    refresh: &OneTimeToken,
) -> Result<SignedIn, Refusal> {
    let grant = Grant {
        company,
        user: user.id,
        session: session.id,
        role: started.role,
        amr: session.amr.clone(),
        auth_time: started.created_at,
        epoch: started.auth_epoch,
        company_epoch: started.company_epoch,
        session_expires_at: started.expires_at.min(started.created_at + started.idle),
        token_id: services.world.id(),
    };
    Ok(SignedIn {
        user: user.clone().into(),
        access: issue_access(services, &grant)?,
        refresh_token: SecretString::from(refresh.expose()),
        refresh_expires_in_seconds: refresh_life(services, started).as_secs(),
    })
}

/// Ends the oldest sessions of somebody who has more than the company allows, and tells when somebody has very many.
async fn make_room(
    services: &Services,
    tx: &TenantTx,
    (user, origin): (&UserRow, &Origin),
    newest: SessionId,
    allowed: Allowance,
) -> Result<Ended, Refusal> {
    let (ended, many) = end_surplus(services, tx, user.id, newest, allowed).await?;
    let event = |kind| Event::new(kind, origin).by(user.id).about(Subject::user(user.id)).in_session(newest);
    if ended.sessions() > 0 {
        let (revoked, at_most) = (ended.sessions(), allowed.at_most);
        let data = json!({ "reason": "session_limit", "sessions_revoked": revoked, "at_most": at_most });
        tx.record(Event { severity: Severity::Warning, ..event(Kind::SessionRevoked).with(data) }).await?;
    }
    if let Some(sessions) = many {
        tx.record(event(Kind::SessionMany).with(json!({ "sessions": sessions }))).await?;
    }
    Ok(ended)
}

/// Lets a sign-in wait for its second step: a token that works once, and only there. A challenge has five minutes and five
/// tries, a demanded set-up as long as a set-up waits for its code.
pub(super) async fn wait_for(
    services: &Services,
    tx: &TenantTx,
    user: &UserRow,
    purpose: Purpose,
    methods: &[Method],
) -> Result<Waiting, Refusal> {
    let (max_tries, expires_in) = match purpose {
        Purpose::Enrollment => (1, enroll::LIFETIME.unsigned_abs()),
        _ => (lockout::CHALLENGE_TRIES, lockout::CHALLENGE_LIFETIME),
    };
    let token = OneTimeToken::new(&services.world, purpose, tx.company_id(), user.id.0);
    tx.issue(&NewOneTime {
        purpose,
        holder: token.holder,
        hash: token.hash(),
        user: Some(user.id),
        credential_version: Some(user.credential_version),
        session: None,
        max_tries,
        expires_in,
    })
    .await?;
    Ok(Waiting {
        mfa_token: SecretString::from(token.expose()),
        methods: methods.iter().map(|method| method.as_str().to_owned()).collect(),
        expires_in_seconds: expires_in.as_secs(),
    })
}

/// Signs an access token.
pub(super) fn issue_access(services: &Services, grant: &Grant) -> Result<AccessView, Refusal> {
    let now = services.world.now();
    let issued = services.access.issue(grant, now).map_err(|error| {
        tracing::error!(%error, "an access token could not be signed");
        Refusal::from(Code::Internal)
    })?;
    let life = Duration::try_from(issued.expires_at - now).unwrap_or_default();
    let (access_token, auth_time) = (SecretString::from(issued.token), grant.auth_time);
    Ok(AccessView { access_token, expires_in_seconds: life.as_secs(), auth_time })
}

/// What an access token for this session may say now, as the database has it. `session_revoked` when it is gone, or its
/// account or company is switched off.
pub(super) async fn current_grant(services: &Services, tx: &TenantTx, session: SessionId) -> Result<Grant, Refusal> {
    let session = tx.session(session).await?.filter(|session| session.revoked_at.is_none());
    let session = session.ok_or(Code::SessionRevoked)?;
    let user = tx.user(session.user).await?.filter(|user| user.active).ok_or(Code::SessionRevoked)?;
    let company = tx.company().await?.filter(|company| company.active).ok_or(Code::SessionRevoked)?;
    Ok(grant_of(services, &session, &user, &company))
}

/// The same from rows that were read, and found alive, already.
pub(super) fn grant_of(services: &Services, session: &SessionRow, user: &UserRow, company: &CompanyRow) -> Grant {
    Grant {
        company: company.id,
        user: user.id,
        session: session.id,
        role: user.role,
        amr: session.amr.clone(),
        auth_time: session.auth_time,
        epoch: user.auth_epoch,
        company_epoch: company.auth_epoch,
        session_expires_at: session.expires_at.min(session.last_seen_at + company.policy.idle()),
        token_id: services.world.id(),
    }
}
