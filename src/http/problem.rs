//! Refusals as RFC 9457 answers. The head is made where the refusal happens; the body is written by the frame around the
//! application, which knows the request id.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    code::{Code, FieldError, Refusal},
    ids::RequestId,
};

/// The media type of every refusal.
pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// A refusal on its way to the client. Every handler, extractor and guard fails with this and nothing else.
#[derive(Clone, Debug)]
pub struct Problem(pub Refusal);

impl<E: Into<Refusal>> From<E> for Problem {
    fn from(refusal: E) -> Self {
        Self(refusal.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        status(self.0.code)
    }

    /// Status and headers; the frame adds the body.
    fn error_response(&self) -> HttpResponse {
        let mut builder = HttpResponse::build(self.status_code());
        builder.insert_header((CONTENT_TYPE, MEDIA_TYPE)).insert_header((CACHE_CONTROL, "no-store"));
        if let Some(wait) = self.0.retry_after {
            builder.insert_header((RETRY_AFTER, wait.as_millis().div_ceil(1000).max(1).to_string()));
        }
        if let Some(challenge) = challenge(self.0.code) {
            builder.insert_header((WWW_AUTHENTICATE, challenge));
        }
        let mut response = builder.finish();
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

/// What `WWW-Authenticate` says; every 401 has to say something (RFC 9110).
fn challenge(code: Code) -> Option<&'static str> {
    match code {
        Code::SessionRevoked | Code::RightsChanged => Some("Bearer error=\"invalid_token\""),
        code => (code.status() == 401).then_some("Bearer"),
    }
}

fn status(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The code that fits an error status an engine part answered with by itself.
pub(super) fn code_of(status: StatusCode) -> Code {
    match status.as_u16() {
        404 => Code::NotFound,
        405 => Code::MethodNotAllowed,
        413 => Code::BodyTooLarge,
        415 => Code::UnsupportedMediaType,
        426 => Code::UpgradeRequired,
        429 => Code::TooManyRequests,
        503 => Code::Unavailable,
        400..=499 => Code::InvalidBody,
        _ => Code::Internal,
    }
}

/// A refusal (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(super) struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    kind: String,
    /// What happened, in short.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What happened and what to do next.
    detail: &'static str,
    /// The request id, as in the header `X-Request-Id`.
    instance: RequestId,
    /// Stable; programs decide by this.
    code: &'static str,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FieldProblem>,
}

/// One field at fault.
#[derive(Serialize, ToSchema)]
pub(super) struct FieldProblem {
    /// Where, as a JSON pointer (RFC 6901).
    pointer: String,
    /// What, stable.
    code: &'static str,
    /// What, for people.
    message: String,
}

impl From<&FieldError> for FieldProblem {
    fn from(field: &FieldError) -> Self {
        let FieldError { pointer, code, message } = field.clone();
        Self { pointer, code, message }
    }
}

/// Marks an answer that is a page although its status is a refusal's: it stays as it is.
pub(super) struct ForPeople;

/// The body of a refusal.
pub(super) fn body(refusal: &Refusal, instance: RequestId) -> String {
    let code = refusal.code;
    let body = ProblemBody {
        kind: format!("/docs/errors#{}", code.as_str()),
        title: code.title(),
        status: code.status(),
        detail: code.detail(),
        instance,
        code: code.as_str(),
        errors: refusal.fields.iter().map(FieldProblem::from).collect(),
    };
    // Strings and numbers only: writing them as JSON cannot fail.
    serde_json::to_string(&body).unwrap_or_default()
}

/// The document `docs/errors.md`, made from the table of codes.
pub fn errors_markdown() -> String {
    let mut text = String::from(
        "# Errors\n\nEvery refusal is `application/problem+json` (RFC 9457). Decide by `code`; the rest is for people. \
         `instance` is the request id. 429 and 503 carry `Retry-After` in seconds. This file is made from the code.\n\n\
         | code | status | title | what to do |\n|---|---|---|---|\n",
    );
    for code in Code::ALL {
        let (name, status, title, detail) = (code.as_str(), code.status(), code.title(), code.detail());
        text.push_str(&format!("| <a id=\"{name}\"></a>`{name}` | {status} | {title} | {detail} |\n"));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_code_has_a_real_error_status_and_a_row_in_the_document() {
        let document = errors_markdown();
        for code in Code::ALL {
            assert_eq!(status(*code).as_u16(), code.status());
            assert!(status(*code).is_client_error() || status(*code).is_server_error());
            assert!(document.contains(&format!("`{}` | {} |", code.as_str(), code.status())));
        }
    }

    #[test]
    fn every_429_and_503_says_how_long_to_wait_in_whole_seconds_rounded_up() {
        for code in Code::ALL.iter().filter(|code| matches!(code.status(), 429 | 503)) {
            assert_eq!(Problem::from(*code).error_response().headers().get(RETRY_AFTER).unwrap(), "1");
        }
        let refusal = Refusal::from(Code::Busy).after(Duration::from_millis(2001));
        assert_eq!(Problem::from(refusal).error_response().headers().get(RETRY_AFTER).unwrap(), "3");
    }

    #[test]
    fn the_body_names_code_request_and_fields() {
        let refusal = Refusal::fields(vec![FieldError::new("/email", "invalid", "Not an address.")]);
        let id = RequestId(uuid::Uuid::from_u128(7));
        let body: serde_json::Value = serde_json::from_str(&body(&refusal, id)).unwrap();
        assert_eq!(body["code"], "invalid_input");
        assert_eq!(body["type"], "/docs/errors#invalid_input");
        assert_eq!(body["instance"], id.to_string());
        assert_eq!(body["errors"][0]["pointer"], "/email");
    }
}
