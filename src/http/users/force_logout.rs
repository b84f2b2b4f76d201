//! `POST /api/users/{id}/force-logout`: ends every session of a person, now.

use actix_web::web::{Data, Json};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    domain::ids::{RevocationId, UserId},
    http::{
        extract::{Caller, ClientOrigin, JsonOrDefault, PathId},
        problem::Problem,
    },
    tenant::{
        Tenants,
        flows::{ForceLogout, Receipt},
    },
};

/// Why, and whether the password is to be set anew.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct ForceLogoutInput {
    /// For the audit log; the person sees it too.
    reason: Option<String>,
    /// The person's password is void from now on; a link that sets a new one is mailed to them. For accounts somebody
    /// else may be in.
    #[serde(default)]
    require_new_password: bool,
}

/// What was ended.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ForceLogoutAnswer {
    /// Names this revocation.
    revocation_id: RevocationId,
    /// Sessions ended.
    sessions_revoked: u64,
    /// Live sockets closed, on all nodes that confirmed.
    sockets_closed: u64,
    /// Server nodes that live.
    nodes_live: u64,
    /// Those of them that refuse these sessions for certain already.
    nodes_acked: u64,
    /// Those of them that have not confirmed yet.
    outstanding: u64,
    /// From then on every node refuses these sessions, also one that nobody has heard of: it asks the database.
    #[serde(with = "time::serde::rfc3339")]
    hard_deadline: OffsetDateTime,
    /// When the last access token of these sessions would have expired by itself.
    #[serde(with = "time::serde::rfc3339")]
    latest_expiry: OffsetDateTime,
}

/// Throws the person out.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Caller(principal): Caller,
    origin: ClientOrigin,
    PathId(user): PathId<UserId>,
    JsonOrDefault(input): JsonOrDefault<ForceLogoutInput>,
) -> Result<Json<ForceLogoutAnswer>, Problem> {
    let ForceLogoutInput { reason, require_new_password } = input;
    let command = ForceLogout { principal, user, reason, require_new_password, origin: origin.0 };
    Ok(Json(tenants.run(command).await?.into()))
}

impl From<Receipt> for ForceLogoutAnswer {
    fn from(receipt: Receipt) -> Self {
        let Receipt { revocation_id, sessions_revoked, sockets_closed, nodes_live, nodes_acked, .. } = receipt;
        let Receipt { outstanding, hard_deadline, latest_expiry, .. } = receipt;
        Self {
            revocation_id,
            sessions_revoked,
            sockets_closed,
            nodes_live,
            nodes_acked,
            outstanding,
            hard_deadline,
            latest_expiry,
        }
    }
}
