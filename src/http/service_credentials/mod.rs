//! Keys for the company's services.

pub(super) mod create;
pub(super) mod get;
pub(super) mod list;
pub(super) mod revoke;
pub(super) mod rotate;

use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::tenant::flows::{IssuedCredential, ServiceCredentialView};

/// A key, shown this once.
#[derive(Serialize, ToSchema)]
pub(super) struct IssuedAnswer {
    /// How it is listed.
    #[serde(flatten)]
    credential: ServiceCredentialView,
    /// For `Authorization: Bearer`. It is in no other answer: keep it now.
    #[schema(example = "vgs_…")]
    secret: String,
}

impl From<IssuedCredential> for IssuedAnswer {
    fn from(issued: IssuedCredential) -> Self {
        Self { credential: issued.credential, secret: issued.secret.expose_secret().to_owned() }
    }
}
