//! `POST /api/introspect`: whether an access token is good now (RFC 7662), by the check every door makes.
//!
//! A token that is revoked, has ended, is of another company than the key, of another kind, or no token at all is `active:
//! false`, and nothing says which.

use actix_web::web::{Data, Json};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{
        code::{Code, Refusal},
        ids::{CompanyId, SessionId, UserId},
        principal::{Principal, Role},
        service::Reach,
    },
    http::{
        extract::{Form, Service},
        problem::Problem,
    },
    tenant::{Door, Tenants},
};

/// What is asked about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct IntrospectInput {
    /// The access token.
    #[serde(deserialize_with = "whatever")]
    #[schema(value_type = String, format = Password)]
    token: SecretString,
    /// Heard and not needed: access tokens are the only kind there is an answer about.
    #[expect(dead_code, reason = "RFC 7662 lets clients send it")]
    token_type_hint: Option<String>,
}

/// Anything may be asked about, tokens of other issuers too; the limit is that of the body.
fn whatever<'de, D: Deserializer<'de>>(from: D) -> Result<SecretString, D::Error> {
    String::deserialize(from).map(Into::into)
}

/// What it is.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(in crate::http) enum Introspection {
    /// Good now.
    Active(Box<ActiveToken>),
    /// Everything else.
    Inactive(InactiveToken),
}

/// A token that is good now, and what it says.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct ActiveToken {
    #[schema(example = true)]
    active: bool,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    iss: String,
    aud: String,
    /// The account.
    sub: UserId,
    /// The session.
    sid: SessionId,
    company: CompanyId,
    role: Role,
    /// Authentication methods (RFC 8176), as they count now.
    amr: Vec<String>,
    /// Seconds since 1970.
    auth_time: i64,
    /// Seconds since 1970.
    exp: i64,
    /// The account's epoch, as revocations name it.
    epoch: i64,
    /// The company's epoch, as revocations name it.
    company_epoch: i64,
}

/// Not good, for whatever reason.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct InactiveToken {
    #[schema(example = false)]
    active: bool,
}

/// Answers.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    Service(caller): Service,
    Form(IntrospectInput { token, .. }): Form<IntrospectInput>,
) -> Result<Json<Introspection>, Problem> {
    let door = tenants.door();
    let admitted = admitted(door, caller.reach, &token).await?;
    Ok(Json(match admitted {
        Some(principal) => Introspection::Active(Box::new(active(door, principal))),
        None => Introspection::Inactive(InactiveToken { active: false }),
    }))
}

/// The token's holder, if the door lets them in and they are in the key's reach. A door that cannot say is no `false`.
async fn admitted(door: &Door, reach: Reach, token: &SecretString) -> Result<Option<Principal>, Refusal> {
    match door.admit(token.expose_secret()).await {
        Ok(principal) => Ok(Some(principal).filter(|principal| reach.covers(principal.company))),
        Err(Refusal { code: Code::Unauthenticated | Code::SessionRevoked | Code::RightsChanged, .. }) => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

fn active(door: &Door, principal: Principal) -> ActiveToken {
    ActiveToken {
        active: true,
        token_type: "Bearer",
        iss: door.issuer().to_owned(),
        aud: door.audience().to_owned(),
        sub: principal.user,
        sid: principal.session,
        company: principal.company,
        role: principal.role,
        amr: principal.amr,
        auth_time: principal.auth_time.unix_timestamp(),
        exp: principal.expires_at.unix_timestamp(),
        epoch: principal.epoch,
        company_epoch: principal.company_epoch,
    }
}
