//! The one table of error codes. It drives the RFC 9457 answers, the OpenAPI document and `docs/errors.md`.

use std::time::Duration;

/// One refused field of a body or query: a JSON pointer (RFC 6901), a stable code and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// Where: `/email`, `/password`, …
    pub pointer: String,
    /// What, stable.
    pub code: &'static str,
    /// What, for people.
    pub message: String,
}

impl FieldError {
    /// A field error at `pointer`.
    pub fn new(pointer: &str, code: &'static str, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code, message: message.into() }
    }
}

macro_rules! codes {
    ($($variant:ident = $name:literal, $status:literal, $title:literal, $detail:literal;)+) => {
        /// Every way the server refuses.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)+
        }

        impl Code {
            /// Every code there is, in the order of the table.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The stable name in the answer's `code`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The HTTP status.
            pub fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)+ }
            }

            /// The answer's `title`.
            pub fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)+ }
            }

            /// The answer's `detail`: what happened and what to do next.
            pub fn detail(self) -> &'static str {
                match self { $(Self::$variant => $detail,)+ }
            }
        }
    };
}

codes! {
    InvalidBody = "invalid_body", 400, "The body cannot be read",
        "Send JSON with exactly the documented fields and types.";
    InvalidInput = "invalid_input", 400, "Some fields are not acceptable",
        "Correct the fields named in `errors`.";
    InvalidQuery = "invalid_query", 400, "The query cannot be read",
        "Use exactly the documented query parameters and types.";
    InvalidLink = "invalid_link", 400, "This link is not valid",
        "It was used already, has expired or was withdrawn. Ask for a new one.";
    InvalidIdempotencyKey = "invalid_idempotency_key", 400, "The idempotency key cannot be used",
        "Send `Idempotency-Key` once, with 16 to 128 letters, digits and `-_.:~+/=`; a fresh UUID for each thing to do.";
    DuplicateCookie = "duplicate_cookie", 400, "A cookie was sent twice",
        "Clear this site's cookies and sign in again.";
    InvalidCredentials = "invalid_credentials", 401, "Sign-in refused",
        "E-mail, password or company is wrong, or the account cannot sign in now.";
    InvalidCode = "invalid_code", 401, "The code is not right",
        "Enter the code your authenticator shows now, or an unused backup code. Each code works once.";
    ChallengeExpired = "challenge_expired", 401, "This sign-in has ended",
        "It was finished, has expired or was cancelled. Start again with e-mail and password.";
    Unauthenticated = "unauthenticated", 401, "Sign in first",
        "Send a valid access token.";
    SessionRevoked = "session_revoked", 401, "This session has ended",
        "Sign in again.";
    RightsChanged = "rights_changed", 401, "Your rights have changed",
        "The session goes on: renew the access token and try again.";
    InvalidRefreshToken = "invalid_refresh_token", 401, "The session cannot be renewed",
        "The refresh token is unknown, has expired or was used before. Sign in again.";
    InvalidTicket = "invalid_ticket", 401, "The live ticket is not valid",
        "Tickets work once, within 30 seconds. Ask for a new one.";
    Forbidden = "forbidden", 403, "Not allowed",
        "Your role does not allow this.";
    InsufficientScope = "insufficient_scope", 403, "Not in the scopes of this key",
        "This service key has other scopes. Ask an Admin for a key that has the one this route names.";
    ReauthenticationRequired = "reauthentication_required", 403, "Prove again who you are",
        "This needs a sign-in of the last five minutes. Call /api/auth/reauthenticate and try again.";
    OriginRefused = "origin_refused", 403, "Refused origin",
        "Requests with cookies and live connections are accepted from this server's own pages only.";
    NotFound = "not_found", 404, "Not found",
        "There is nothing here, or not for you.";
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed",
        "This path does not answer to this method.";
    Superseded = "superseded", 409, "Another tab was faster",
        "This refresh token was already exchanged and its successor used. Use the newer tokens.";
    Conflict = "conflict", 409, "In conflict with what is there",
        "Something with this name exists already or has changed meanwhile.";
    MfaDemanded = "mfa_demanded", 409, "Your company demands a second factor",
        "It cannot be removed. Set a new one up in its place, or ask an Admin.";
    MfaNotEnrolled = "mfa_not_enrolled", 409, "No second factor is set up",
        "Set one up first.";
    EnrollmentNotStarted = "enrollment_not_started", 409, "No set-up is waiting",
        "Call /api/auth/mfa/setup first; a set-up waits ten minutes for its code.";
    LastAdmin = "last_admin", 409, "The last Admin is needed",
        "Make somebody else an Admin first.";
    IdempotencyConflict = "idempotency_conflict", 409, "A request with this key is under way",
        "Wait a moment and send the same request again: it is done at most once.";
    LinkUsed = "link_used", 410, "This invitation is over",
        "It was accepted, withdrawn or has expired. Ask for a new one.";
    CredentialEnded = "credential_ended", 410, "This key is over",
        "It was revoked or has expired. Make a new one.";
    BodyTooLarge = "body_too_large", 413, "The body is too large",
        "Send at most the documented size.";
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type",
        "Send the documented `Content-Type`, which is `application/json` almost everywhere.";
    IdempotencyKeyReused = "idempotency_key_reused", 422, "This key belongs to another request",
        "Send the same body with the same `Idempotency-Key`, or choose a new key for a new request.";
    UpgradeRequired = "upgrade_required", 426, "WebSocket only",
        "Open this address as a WebSocket with the sub-protocol voxgate.v1.";
    TooManyAttempts = "too_many_attempts", 429, "Too many attempts",
        "Wait for the time in Retry-After, then try again.";
    TooManyRequests = "too_many_requests", 429, "Too many requests",
        "Slow down; try again after the time in Retry-After.";
    Internal = "internal", 500, "Something went wrong here",
        "It was logged under the request id. Trying again may help.";
    Unavailable = "unavailable", 503, "Not available right now",
        "A part the server depends on does not answer. Try again after the time in Retry-After.";
    Busy = "busy", 503, "Too busy right now",
        "The queue is full. Try again after the time in Retry-After.";
}

/// A refusal: the code, and what belongs into this one answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", code.as_str())]
pub struct Refusal {
    /// Which one.
    pub code: Code,
    /// Fields at fault.
    pub fields: Vec<FieldError>,
    /// What to say in `Retry-After`, in whole seconds, at least one.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// Refused with `fields` at fault.
    pub fn fields(fields: Vec<FieldError>) -> Self {
        Self { fields, ..Code::InvalidInput.into() }
    }

    /// The same with a time to wait.
    pub fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        let retry_after = matches!(code.status(), 429 | 503).then_some(Duration::from_secs(1));
        Self { code, fields: Vec::new(), retry_after }
    }
}

impl From<FieldError> for Refusal {
    fn from(field: FieldError) -> Self {
        Self::fields(vec![field])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_has_a_name_of_its_own_words_for_people_and_a_status_of_refusal() {
        let names: HashSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert_eq!(names.len(), Code::ALL.len());
        for code in Code::ALL {
            assert!((400..=599).contains(&code.status()) && !code.title().is_empty() && code.detail().ends_with('.'));
            assert_eq!(Refusal::from(*code).to_string(), code.as_str());
        }
    }

    #[test]
    fn whoever_must_wait_is_told_how_long_and_nobody_else() {
        for code in Code::ALL {
            let wait = matches!(code.status(), 429 | 503).then_some(Duration::from_secs(1));
            assert_eq!(Refusal::from(*code), Refusal { code: *code, fields: Vec::new(), retry_after: wait });
        }
        let long = Refusal::from(Code::TooManyAttempts).after(Duration::from_secs(90));
        assert_eq!((long.code, long.retry_after), (Code::TooManyAttempts, Some(Duration::from_secs(90))));
    }

    #[test]
    fn a_field_at_fault_is_named() {
        let field = FieldError::new("/email", "invalid", "No address.");
        let refusal = Refusal::from(field.clone());
        assert_eq!((refusal.code, refusal.fields), (Code::InvalidInput, vec![field]));
    }
}
