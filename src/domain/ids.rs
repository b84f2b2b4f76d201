//! Identifiers: UUIDv7 (RFC 9562) behind one type per thing, so that a session id cannot be passed where a user id is meant.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Uuid {
                id.0
            }
        }
    )+};
}

id! {
    /// A company (tenant).
    CompanyId,
    /// A person's account in one company.
    UserId,
    /// One sign-in on one device; also the refresh token family.
    SessionId,
    /// One enrolled authentication factor.
    FactorId,
    /// An invitation of a person into a company.
    InvitationId,
    /// One act of revocation, as the receipt names it.
    RevocationId,
    /// The key of a service that verifies tokens.
    ServiceCredentialId,
    /// One HTTP request, as `X-Request-Id` names it.
    RequestId,
    /// One running server process.
    NodeId,
}

impl CompanyId {
    /// The company that does not exist. Sign-ins for unknown addresses run through it, so that they cost
    /// what a sign-in for a known address costs, and its audit rows are the platform's own.
    pub const NOBODY: Self = Self(Uuid::nil());
}
