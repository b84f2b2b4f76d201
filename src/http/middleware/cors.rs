//! Pages of the listed further origins may call the API and read its answers. No wildcard, no reflection, nothing for
//! anybody else.

use actix_web::{
    HttpResponse,
    http::{
        Method,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
        },
    },
};

use crate::http::settings::Settings;

/// The answer to a preflight of a listed origin. Everybody else's OPTIONS goes on and finds no method.
pub(super) fn preflight(method: &Method, headers: &HeaderMap, settings: &Settings) -> Option<HttpResponse> {
    let asks = method == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let origin = headers.get(ORIGIN)?.to_str().ok()?;
    if !asks || !settings.allows_foreign(origin) {
        return None;
    }
    let mut response = HttpResponse::NoContent();
    response
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "authorization, content-type, idempotency-key, x-voxgate-client"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "600"));
    Some(response.finish())
}

/// Lets a page of a listed origin read this answer.
pub(super) fn dress(headers: &mut HeaderMap, origin: Option<&str>, settings: &Settings) {
    if settings.allowed_origins.is_empty() {
        return;
    }
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin.filter(|origin| settings.allows_foreign(origin)) else { return };
    let Ok(origin) = HeaderValue::from_str(origin) else { return };
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("x-request-id, retry-after"));
}
