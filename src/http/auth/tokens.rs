//! How tokens look in a body. A browser's body holds none: its tokens went into cookies.

use secrecy::ExposeSecret;
use serde::Serialize;
use utoipa::ToSchema;

use crate::tenant::flows::{AccessView, Client, SignedIn, UserView};

/// An access token, as `Authorization: Bearer` takes it.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct AccessBody {
    /// The token; absent for `X-Voxgate-Client: web`, which has it in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http) access_token: Option<String>,
    /// `Bearer`; absent with the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub(in crate::http) token_type: Option<&'static str>,
    /// Life of the access token.
    pub(in crate::http) expires_in_seconds: u64,
}

impl AccessBody {
    /// For this kind of client.
    pub(in crate::http) fn new(client: Client, access: &AccessView) -> Self {
        let open = client == Client::Api;
        Self {
            access_token: open.then(|| access.access_token.expose_secret().to_owned()),
            token_type: open.then_some("Bearer"),
            expires_in_seconds: access.expires_in_seconds,
        }
    }
}

/// A finished sign-in.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct SignedInBody {
    /// `authenticated`.
    status: &'static str,
    /// The token; absent for `X-Voxgate-Client: web`, which has it in a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    access_token: Option<String>,
    /// `Bearer`; absent with the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token_type: Option<&'static str>,
    /// Life of the access token.
    expires_in_seconds: u64,
    /// Exchanged once at `/api/auth/refresh`; absent for `X-Voxgate-Client: web`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    refresh_token: Option<String>,
    /// Life of the refresh token.
    refresh_expires_in_seconds: u64,
    /// Who signed in.
    user: UserView,
}

impl SignedInBody {
    /// For this kind of client.
    pub(in crate::http) fn new(client: Client, signed_in: &SignedIn) -> Self {
        let AccessBody { access_token, token_type, expires_in_seconds } = AccessBody::new(client, &signed_in.access);
        Self {
            status: "authenticated",
            access_token,
            token_type,
            expires_in_seconds,
            refresh_token: refresh_token(client, signed_in),
            refresh_expires_in_seconds: signed_in.refresh_expires_in_seconds,
            user: signed_in.user.clone(),
        }
    }
}

/// The refresh token of a program.
pub(in crate::http) fn refresh_token(client: Client, signed_in: &SignedIn) -> Option<String> {
    (client == Client::Api).then(|| signed_in.refresh_token.expose_secret().to_owned())
}
