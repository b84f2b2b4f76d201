//! `GET /api/live/sessions`: who is signed in, person by person.

use std::collections::HashSet;

use actix_web::web::{Data, Json};
use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    domain::{
        code::Refusal,
        ids::{SessionId, UserId},
        principal::Role,
        session::device_label,
    },
    http::{extract::Caller, problem::Problem},
    store::{SessionRow, SignedInPerson},
    tenant::Tenants,
};

/// The most sessions one answer holds; those used last.
const MOST: u64 = 1_000;

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SignedInAnswer {
    /// By name.
    items: Vec<PersonView>,
    /// Whether there are more sessions than one answer holds; it holds those used last.
    more: bool,
}

/// One person.
#[derive(Serialize, ToSchema)]
struct PersonView {
    user_id: UserId,
    full_name: String,
    email: String,
    role: Role,
    mfa_enabled: bool,
    /// Newest first.
    sessions: Vec<DeskSessionView>,
}

/// One of their sessions.
#[derive(Serialize, ToSchema)]
struct DeskSessionView {
    id: SessionId,
    /// What the browser or program calls itself, in short.
    device: String,
    user_agent: Option<String>,
    ip: Option<String>,
    #[serde(with = "time::serde::rfc3339")]
    started_at: OffsetDateTime,
    /// When its tokens were renewed last.
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    /// Whether it proved a second factor.
    mfa: bool,
    /// Whether it began on a device the account had not signed in from before.
    new_device: bool,
    /// Whether it began on a network (/24 of IPv4, /48 of IPv6) the account had not signed in from before.
    new_network: bool,
    /// Whether it has a live connection. Those to other nodes than the one that answers are known within some seconds.
    connected: bool,
}

/// Lists them.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
) -> Result<Json<SignedInAnswer>, Problem> {
    let read = tenants.store().in_tenant(principal.company, |tx| {
        Box::pin(async move { Ok::<_, Refusal>(tx.signed_in_people(MOST + 1).await?) })
    });
    let people = read.await?.into_inner();
    let here = tenants.present(principal.company).await?;
    let more = people.iter().map(|person| person.sessions.len() as u64).sum::<u64>() > MOST;
    let items = people.into_iter().map(|person| PersonView::new(person, &here)).collect();
    Ok(Json(SignedInAnswer { items, more }))
}

impl PersonView {
    fn new(person: SignedInPerson, here: &HashSet<SessionId>) -> Self {
        let SignedInPerson { id, full_name, email, role, mfa_enabled, sessions } = person;
        let sessions = sessions.into_iter().map(|row| DeskSessionView::new(row, here)).collect();
        Self { user_id: id, full_name, email, role, mfa_enabled, sessions }
    }
}

impl DeskSessionView {
    fn new(row: SessionRow, here: &HashSet<SessionId>) -> Self {
        Self {
            id: row.id,
            device: device_label(row.user_agent.as_deref()),
            user_agent: row.user_agent,
            ip: row.ip,
            started_at: row.created_at,
            last_seen_at: row.last_seen_at,
            mfa: row.amr.iter().any(|method| method == "mfa"),
            new_device: row.new_device,
            new_network: row.new_network,
            connected: here.contains(&row.id),
        }
    }
}
