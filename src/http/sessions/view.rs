//! A session, as its owner and their admins see it.

use serde::Serialize;
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::{SessionId, UserId},
        principal::Principal,
        session::device_label,
    },
    http::problem::Problem,
    store::SessionRow,
    tenant::Tenants,
};

/// One live session.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SessionView {
    id: SessionId,
    /// What the browser or program calls itself, in short.
    device: String,
    ip: Option<String>,
    user_agent: Option<String>,
    /// Authentication methods (RFC 8176).
    amr: Vec<String>,
    #[serde(with = "time::serde::rfc3339")]
    created_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    last_seen_at: OffsetDateTime,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
    /// Whether it began on a device the account had not signed in from before.
    new_device: bool,
    /// Whether it began on a network (/24 of IPv4, /48 of IPv6) the account had not signed in from before.
    new_network: bool,
    /// Whether it is the one that asks.
    current: bool,
}

/// All of them: a person has few.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SessionsAnswer {
    items: Vec<SessionView>,
    /// Always `null`.
    next_cursor: Option<String>,
}

impl SessionView {
    fn new(row: SessionRow, asking: SessionId) -> Self {
        Self {
            id: row.id,
            device: device_label(row.user_agent.as_deref()),
            ip: row.ip,
            user_agent: row.user_agent,
            amr: row.amr,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
            new_device: row.new_device,
            new_network: row.new_network,
            current: row.id == asking,
        }
    }
}

/// The live sessions of an account of the caller's company.
///
/// # Errors
/// `not_found` for every other account.
pub(super) async fn sessions_of(
    tenants: &Tenants,
    caller: &Principal,
    user: UserId,
) -> Result<SessionsAnswer, Problem> {
    let read = tenants.store().in_tenant(caller.company, move |tx| {
        Box::pin(async move {
            tx.user(user).await?.ok_or(Code::NotFound)?;
            Ok::<_, Refusal>(tx.live_sessions(user).await?)
        })
    });
    let rows = read.await?.into_inner();
    let items = rows.into_iter().map(|row| SessionView::new(row, caller.session)).collect();
    Ok(SessionsAnswer { items, next_cursor: None })
}
