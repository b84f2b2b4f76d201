//! `POST /api/auth/refresh`: new tokens for the refresh token, from the body or, for the web app, from its cookie.

use actix_web::{HttpResponse, http::StatusCode, web::Data};
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::tokens::SignedInBody;
use crate::{
    domain::code::{Code, FieldError, Refusal},
    http::{
        extract::{ClientOrigin, JsonOrDefault, Secret, Visit},
        problem::Problem,
    },
    signals::meter,
    tenant::{
        Tenants,
        flows::{Client, Refresh},
    },
};

/// The refresh token of a program. The web app sends no body: its token is in a cookie.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct RefreshInput {
    /// The refresh token.
    refresh_token: Option<Secret>,
}

impl RefreshInput {
    /// A program's token is in the body, a browser's in the cookie; never the one in the other's place.
    fn token(self, visit: &Visit) -> Result<SecretString, Refusal> {
        match (visit.client, self.refresh_token) {
            (Client::Api, Some(token)) => Ok(token.0),
            (Client::Api, None) => Err(FieldError::new("/refresh_token", "required", "Send the refresh token.").into()),
            (Client::Web, None) => visit.refresh_cookie.clone().ok_or_else(|| Code::InvalidRefreshToken.into()),
            (Client::Web, Some(_)) => {
                Err(FieldError::new("/refresh_token", "not_here", "The web client's token is in its cookie.").into())
            }
        }
    }
}

/// Rotates the refresh token.
pub(in crate::http) async fn handle(
    tenants: Data<Tenants>,
    visit: Visit,
    origin: ClientOrigin,
    JsonOrDefault(input): JsonOrDefault<RefreshInput>,
) -> Result<HttpResponse, Problem> {
    let refresh = Refresh { refresh_token: input.token(&visit)?, origin: origin.0 };
    let signed_in = tenants.run(refresh).await;
    meter::refresh(signed_in.as_ref().map_or_else(|refusal| refusal.code.as_str(), |_| "ok"));
    let signed_in = signed_in?;
    visit.signed_in(StatusCode::OK, &signed_in, SignedInBody::new(visit.client, &signed_in))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn visit(client: Client, cookie: Option<&str>) -> Visit {
        Visit::for_tests(client, cookie.map(SecretString::from))
    }

    fn taken(client: Client, body: Option<&str>, cookie: Option<&str>) -> Result<String, Code> {
        let input = RefreshInput { refresh_token: body.map(|token| Secret(SecretString::from(token))) };
        let token = input.token(&visit(client, cookie));
        token.map(|token| token.expose_secret().to_owned()).map_err(|refusal| refusal.code)
    }

    #[test]
    fn each_kind_of_client_brings_its_token_in_its_own_place() {
        assert_eq!(taken(Client::Api, Some("body"), None), Ok("body".into()));
        assert_eq!(taken(Client::Web, None, Some("cookie")), Ok("cookie".into()));
    }

    #[test]
    fn a_token_in_the_others_place_or_none_is_refused() {
        assert_eq!(taken(Client::Api, None, None), Err(Code::InvalidInput));
        assert_eq!(taken(Client::Web, None, None), Err(Code::InvalidRefreshToken));
        assert_eq!(taken(Client::Web, Some("body"), Some("cookie")), Err(Code::InvalidInput));
    }
}
