//! Carries out one row of the route table: rate, origin and cookies, sign-in, role, recent proof. In this order, so that
//! a flood costs least and nobody learns of a route's rights without a token.

use actix_web::{
    Error, HttpMessage, HttpRequest, ResponseError,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::header::{AUTHORIZATION, HeaderMap},
    middleware::Next,
};
use secrecy::{ExposeSecret, SecretString};
use tracing::{Instrument, Span, field};

use super::frame::parent;
use crate::{
    domain::{
        code::{Code, Refusal},
        ids::RequestId,
        one_time::{OneTimeToken, Purpose},
        principal::{Enroller, Principal},
        service::{Scope, ServiceCaller},
    },
    http::{
        extract::{Visit, client_address, edge},
        problem::Problem,
        routes::{Access, Endpoint},
        services::Edge,
    },
    signals::trace::{self, TraceId},
};

/// No token of ours is longer.
const TOKEN_BYTES: usize = 4096;

/// Lets the request through to its handler, or answers in its place.
pub(in crate::http) async fn guard(
    row: &'static Endpoint,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(row);
    match judge(row, request.request()).await {
        Ok((visit, admitted)) => {
            let span = span(row, &request, &admitted);
            request.extensions_mut().insert(visit);
            match admitted {
                Admitted::Anybody => {}
                Admitted::Service(service) => drop(request.extensions_mut().insert(service)),
                Admitted::Person(caller) => {
                    if let Enroller::SignedIn(principal) = &caller {
                        request.extensions_mut().insert::<Principal>(principal.clone());
                    }
                    request.extensions_mut().insert(caller);
                }
            }
            next.call(request).instrument(span).await
        }
        Err(refusal) => Ok(request.into_response(Problem(refusal).error_response())),
    }
}

/// Who was let in.
enum Admitted {
    Anybody,
    Person(Enroller),
    Service(ServiceCaller),
}

/// What every line written for this request says of it. Nothing is formatted while nobody listens to it.
fn span(row: &Endpoint, request: &ServiceRequest, admitted: &Admitted) -> Span {
    let id = request.extensions().get::<RequestId>().copied();
    let company = match admitted {
        Admitted::Anybody => None,
        Admitted::Service(service) => service.reach.company(),
        Admitted::Person(Enroller::SignedIn(principal)) => Some(principal.company),
        Admitted::Person(Enroller::Waiting(enrollee)) => Some(enrollee.company),
    };
    let (own, parent) = (TraceId::from(id.map(|id| id.0).unwrap_or_default()), parent(request.headers()));
    let trace = parent.map_or(own, |parent| parent.trace);
    let span = tracing::info_span!(
        target: "voxgate::request",
        "request",
        request_id = id.map(field::display),
        trace_id = %trace,
        route = row.name,
        company = company.map(field::display),
    );
    let joined = trace::join(&span, parent, own);
    request.extensions_mut().insert(joined);
    span
}

async fn judge(row: &'static Endpoint, request: &HttpRequest) -> Result<(Visit, Admitted), Refusal> {
    let edge = edge(request)?;
    edge.limits.debit(row.bucket, client_address(request, &edge.settings))?;
    if let Access::Service(scope) = row.access {
        let visit = Visit::of(request, edge, false)?;
        return Ok((visit, Admitted::Service(service(edge, request.headers(), scope).await?)));
    }
    let cookies_count = row.access.roles().is_some() || !request.method().is_safe();
    let visit = Visit::of(request, edge, cookies_count)?;
    let Some(roles) = row.access.roles() else { return Ok((visit, Admitted::Anybody)) };
    let token = bearer(request.headers())?.or_else(|| visit.access_cookie.clone());
    let token = token.filter(|token| token.expose_secret().len() <= TOKEN_BYTES).ok_or(Code::Unauthenticated)?;
    let waits = OneTimeToken::parse(token.expose_secret(), Purpose::Enrollment).is_some();
    if waits && matches!(row.access, Access::Enrolling(_)) {
        let enrollee = edge.gate.admit_enrollee(token.expose_secret()).await?;
        edge.limits.debit_caller(enrollee.company, enrollee.user)?;
        return Ok((visit, Admitted::Person(Enroller::Waiting(enrollee))));
    }
    let caller = edge.gate.admit(token.expose_secret()).await?;
    edge.limits.debit_caller(caller.company, caller.user)?;
    if !roles.contains(&caller.role) {
        return Err(Code::Forbidden.into());
    }
    if row.step_up {
        edge.gate.step_up(&caller).await?;
    }
    Ok((visit, Admitted::Person(Enroller::SignedIn(caller))))
}

/// The service behind the key of the `Authorization` header, if the key has this scope.
async fn service(edge: &Edge, headers: &HeaderMap, scope: Scope) -> Result<ServiceCaller, Refusal> {
    let key = bearer(headers)?.filter(|key| key.expose_secret().len() <= TOKEN_BYTES).ok_or(Code::Unauthenticated)?;
    let service = edge.gate.admit_service(key.expose_secret()).await?;
    edge.limits.debit_key(service.id)?;
    if service.scopes.contains(&scope) { Ok(service) } else { Err(Code::InsufficientScope.into()) }
}

/// The token of the one `Authorization: Bearer` header, `None` without the header. A header that is anything else is a
/// failed sign-in, never a reason to look further.
pub(in crate::http) fn bearer(headers: &HeaderMap) -> Result<Option<SecretString>, Refusal> {
    let mut lines = headers.get_all(AUTHORIZATION);
    let Some(line) = lines.next() else { return Ok(None) };
    let text = line.to_str().ok().filter(|_| lines.next().is_none());
    let parts = text.and_then(|text| text.split_once(' '));
    let token =
        parts.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim_matches(' '));
    let plain =
        |token: &&str| !token.is_empty() && token.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    token.filter(plain).map(|token| Some(SecretString::from(token))).ok_or_else(|| Code::Unauthenticated.into())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn read(lines: &[&[u8]]) -> Result<Option<String>, Code> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(line).unwrap());
        }
        let token = bearer(&headers).map_err(|refusal| refusal.code)?;
        Ok(token.map(|token| token.expose_secret().to_owned()))
    }

    #[test]
    fn one_bearer_header_counts_in_any_case_of_its_scheme() {
        assert_eq!(read(&[]), Ok(None));
        assert_eq!(read(&[b"Bearer a.b.c"]), Ok(Some("a.b.c".into())));
        assert_eq!(read(&[b"bEARER  a.b.c"]), Ok(Some("a.b.c".into())));
    }

    #[test]
    fn everything_else_is_a_failed_sign_in() {
        let wrong: &[&[&[u8]]] = &[
            &[b"Bearer"],
            &[b"Bearer "],
            &[b"Basic YTpi"],
            &[b"Bearer a b"],
            &[b"Bearer \xff"],
            &[b"Bearer a.b.c", b"Bearer a.b.c"],
            &[b"a.b.c"],
            &[b""],
        ];
        for lines in wrong {
            assert_eq!(read(lines), Err(Code::Unauthenticated), "{lines:?}");
        }
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            if HeaderValue::from_bytes(&bytes).is_ok() {
                let _ = read(&[&bytes]);
            }
        }
    }
}
