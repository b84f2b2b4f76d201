//! How a client takes and brings its tokens. A browser says so with `X-Voxgate-Client: web`, a header no foreign page can
//! send without asking first; cookies count only together with it and with an allowed origin.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest, HttpResponse, HttpResponseBuilder,
    dev::Payload,
    http::{
        StatusCode,
        header::{AUTHORIZATION, HeaderMap, HeaderName, ORIGIN, SET_COOKIE},
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;

use super::edge;
use crate::{
    domain::{
        code::{Code, Refusal},
        world::World,
    },
    http::{cookies::Jar, problem::Problem, services::Edge, settings::Settings},
    tenant::flows::{AccessView, Client, SignedIn},
};

const CLIENT: HeaderName = HeaderName::from_static("x-voxgate-client");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Browsers keep no cookie longer than 400 days.
const DEVICE_SECONDS: u64 = 400 * 24 * 3600;
/// 256 bits in base64url.
const DEVICE_CHARACTERS: usize = 43;

/// The way of this request, as the guard found it.
#[derive(Clone, Debug)]
pub(in crate::http) struct Visit {
    pub(in crate::http) client: Client,
    pub(in crate::http) access_cookie: Option<SecretString>,
    pub(in crate::http) refresh_cookie: Option<SecretString>,
    /// What the browser is known by: the cookie it brought, or a fresh one that a finished sign-in gives it.
    pub(super) device: Option<SecretString>,
    secure: bool,
}

impl Visit {
    /// Judges headers and cookies of a request. `counts` says whether cookies could do anything on this route.
    ///
    /// # Errors
    /// `origin_refused`, `duplicate_cookie`.
    pub(in crate::http) fn of(request: &HttpRequest, edge: &Edge, counts: bool) -> Result<Self, Refusal> {
        let settings = &edge.settings;
        let (headers, secure) = (request.headers(), settings.is_secure());
        let web = headers.get(CLIENT).is_some_and(|value| value == "web");
        if web && !is_allowed_origin(headers, settings, request.method().is_safe()) {
            return Err(Code::OriginRefused.into());
        }
        let client = if web { Client::Web } else { Client::Api };
        let mut visit = Self { client, access_cookie: None, refresh_cookie: None, device: None, secure };
        if web {
            let brought = Jar::Device.read(headers, secure)?.filter(is_device);
            visit.device = Some(brought.unwrap_or_else(|| fresh_device(&edge.world)));
        }
        if headers.contains_key(AUTHORIZATION) || !counts {
            return Ok(visit);
        }
        visit.access_cookie = Jar::Access.read(headers, secure)?;
        visit.refresh_cookie = Jar::Refresh.read(headers, secure)?;
        if !web && (visit.access_cookie.is_some() || visit.refresh_cookie.is_some()) {
            return Err(Code::OriginRefused.into());
        }
        Ok(visit)
    }

    #[cfg(test)]
    pub(in crate::http) fn for_tests(client: Client, refresh_cookie: Option<SecretString>) -> Self {
        Self { client, access_cookie: None, refresh_cookie, device: None, secure: true }
    }

    /// A finished sign-in: `body` gets the tokens of a program, a browser's go into cookies.
    pub(in crate::http) fn signed_in<B: Serialize>(
        &self,
        status: StatusCode,
        signed_in: &SignedIn,
        body: B,
    ) -> Result<HttpResponse, Problem> {
        let mut response = self.with_access(status, &signed_in.access)?;
        if self.client == Client::Web {
            let seconds = signed_in.refresh_expires_in_seconds;
            response.append_header((SET_COOKIE, Jar::Refresh.set(&signed_in.refresh_token, seconds, self.secure)?));
            if let Some(device) = &self.device {
                response.append_header((SET_COOKIE, Jar::Device.set(device, DEVICE_SECONDS, self.secure)?));
            }
        }
        Ok(response.json(body))
    }

    /// An answer that brings a new access token; the cookie lives as long as the token.
    pub(in crate::http) fn with_access(
        &self,
        status: StatusCode,
        access: &AccessView,
    ) -> Result<HttpResponseBuilder, Problem> {
        let mut response = HttpResponse::build(status);
        if self.client == Client::Web {
            let cookie = Jar::Access.set(&access.access_token, access.expires_in_seconds, self.secure)?;
            response.append_header((SET_COOKIE, cookie));
        }
        Ok(response)
    }

    /// An empty answer that takes a browser's cookies away.
    pub(in crate::http) fn signed_out(&self) -> Result<HttpResponse, Problem> {
        Ok(self.without_tokens(StatusCode::NO_CONTENT)?.finish())
    }

    /// An answer that takes a browser's cookies away.
    pub(in crate::http) fn without_tokens(&self, status: StatusCode) -> Result<HttpResponseBuilder, Problem> {
        let mut response = HttpResponse::build(status);
        if self.client == Client::Web {
            for jar in Jar::TOKENS {
                response.append_header((SET_COOKIE, jar.clear(self.secure)?));
            }
        }
        Ok(response)
    }
}

impl FromRequest for Visit {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let judged = request.extensions().get::<Self>().cloned();
        ready(match judged {
            Some(visit) => Ok(visit),
            None => edge(request).and_then(|edge| Self::of(request, edge, true)).map_err(Problem),
        })
    }
}

fn fresh_device(world: &World) -> SecretString {
    SecretString::from(URL_SAFE_NO_PAD.encode(world.bytes::<32>()))
}

/// Whether this can be a device cookie of ours; anything else is replaced.
fn is_device(value: &SecretString) -> bool {
    let value = value.expose_secret();
    value.len() == DEVICE_CHARACTERS && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// Whether the page behind this request is one of ours. `safe`: browsers leave `Origin` out of same-origin GETs, so there
/// its absence is fine unless `Sec-Fetch-Site` says the page is foreign.
pub fn is_allowed_origin(headers: &HeaderMap, settings: &Settings, safe: bool) -> bool {
    let mut origins = headers.get_all(ORIGIN);
    match (origins.next(), origins.next()) {
        (Some(origin), None) => origin.to_str().is_ok_and(|origin| settings.allows_origin(origin)),
        (None, _) => safe && headers.get(FETCH_SITE).is_none_or(|site| site == "same-origin" || site == "none"),
        _ => false,
    }
}
