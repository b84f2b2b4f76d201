//! Security headers. A page that needs a wider content policy sets its own; everything else gets the closed one.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};

use crate::{domain::ids::RequestId, http::settings::Settings};

pub(super) const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The policy of whatever is no page.
pub(in crate::http) const CLOSED: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const ALWAYS: [(HeaderName, &str); 6] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=()"),
];

/// Sets the headers every answer has. `private` answers are stored nowhere unless they say otherwise.
pub(super) fn dress(headers: &mut HeaderMap, id: RequestId, private: bool, settings: &Settings) {
    if let Ok(id) = HeaderValue::try_from(id.to_string()) {
        headers.insert(REQUEST_ID, id);
    }
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(CONTENT_SECURITY_POLICY) {
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CLOSED));
    }
    if private && !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if settings.is_secure() {
        let two_years = "max-age=63072000; includeSubDomains";
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(two_years));
    }
}
