//! The outermost layer: gives the request its id, contains panics, writes problem bodies, sets the security headers and
//! writes the one access line. Nothing a client sends names a request.

use std::{panic::AssertUnwindSafe, time::Instant};

use actix_web::{
    Error, HttpMessage, HttpResponse, ResponseError,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    error::InternalError,
    http::{
        Method,
        header::{CONTENT_TYPE, HeaderMap, HeaderName, ORIGIN},
    },
    middleware::Next,
    web::Data,
};
use futures_util::FutureExt;

use super::{cors, headers};
use crate::{
    domain::{
        code::{Code, Refusal},
        ids::{CompanyId, RequestId},
        principal::Principal,
    },
    http::{
        problem::{self, ForPeople, Problem},
        routes::Endpoint,
        services::Edge,
    },
    signals::trace::{Parent, TraceId},
};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// What is kept of a request for the time after it.
struct Seen {
    id: RequestId,
    method: Method,
    api: bool,
    origin: Option<String>,
    /// The caller's trace, if it named one.
    parent: Option<Parent>,
    begun: Instant,
}

/// What is known of a request only once it was answered.
#[derive(Default)]
struct Found {
    pattern: Option<String>,
    route: Option<&'static str>,
    company: Option<CompanyId>,
    trace: Option<TraceId>,
}

impl Found {
    fn of(response: &ServiceResponse<BoxBody>) -> Self {
        let request = response.request();
        let known = request.extensions();
        Self {
            pattern: request.match_pattern(),
            route: known.get::<&'static Endpoint>().map(|row| row.name),
            company: known.get::<Principal>().map(|caller| caller.company),
            trace: known.get::<TraceId>().copied(),
        }
    }
}

/// The trace a caller says it is in.
pub(super) fn parent(headers: &HeaderMap) -> Option<Parent> {
    headers.get(TRACEPARENT)?.to_str().ok().and_then(Parent::parse)
}

/// Frames one request.
pub(in crate::http) async fn frame(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(edge) = request.app_data::<Data<Edge>>().cloned() else {
        tracing::error!("the application was built without http::configure");
        return Ok(request.into_response(Problem::from(Code::Internal).error_response()));
    };
    let seen = Seen::of(&request, edge.world.id());
    request.extensions_mut().insert(seen.id);
    if let Some(answer) = early_answer(&request, &edge) {
        return Ok(seen.finish(request.into_response(answer), &edge));
    }
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => Ok(seen.finish(response.map_into_boxed_body(), &edge)),
        Ok(Err(error)) => Err(seen.broken(error.as_response_error().error_response(), &edge)),
        Err(_) => {
            tracing::error!(request_id = %seen.id, "a handler panicked");
            Err(seen.broken(Problem::from(Code::Internal).error_response(), &edge))
        }
    }
}

/// Answers that need no handler: a preflight, or a path in a spelling no route has. Every path of the table is plain
/// text, so a percent sign never leads anywhere; the router would decode it and give one route two names.
fn early_answer(request: &ServiceRequest, edge: &Edge) -> Option<HttpResponse> {
    if request.uri().path().contains('%') {
        return Some(Problem::from(Code::NotFound).error_response());
    }
    cors::preflight(request.method(), request.headers(), &edge.settings)
}

impl Seen {
    fn of(request: &ServiceRequest, id: RequestId) -> Self {
        let origin = request.headers().get(ORIGIN).and_then(|origin| origin.to_str().ok());
        Self {
            id,
            method: request.method().clone(),
            api: request.path().starts_with("/api/"),
            origin: origin.map(str::to_owned),
            parent: parent(request.headers()),
            begun: Instant::now(),
        }
    }

    fn finish(&self, mut response: ServiceResponse<BoxBody>, edge: &Edge) -> ServiceResponse<BoxBody> {
        let found = Found::of(&response);
        if let Some(body) = self.problem_body(response.response_mut()) {
            response = response.map_body(|_, _| BoxBody::new(body));
        }
        self.dress(response.response_mut(), edge);
        self.log(&found, response.status().as_u16(), edge);
        response
    }

    /// An answer without a request to hang it on: something below gave up instead of answering.
    fn broken(&self, mut response: HttpResponse, edge: &Edge) -> Error {
        if let Some(body) = self.problem_body(&mut response) {
            response = response.set_body(BoxBody::new(body));
        }
        self.dress(&mut response, edge);
        self.log(&Found::default(), response.status().as_u16(), edge);
        InternalError::from_response("refused", response).into()
    }

    /// The body of a refusal, also of one an engine part made by itself.
    fn problem_body(&self, response: &mut HttpResponse) -> Option<String> {
        if response.extensions().contains::<ForPeople>() {
            return None;
        }
        let refusal = response.extensions_mut().remove::<Refusal>();
        let status = response.status();
        if refusal.is_none() && status.is_server_error() {
            tracing::error!(request_id = %self.id, status = status.as_u16(), "an engine part failed");
        }
        let foreign = (status.is_client_error() || status.is_server_error()).then(|| problem::code_of(status).into());
        refusal.or(foreign).map(|refusal| problem::body(&refusal, self.id))
    }

    fn dress(&self, response: &mut HttpResponse, edge: &Edge) {
        let failed = response.status().is_client_error() || response.status().is_server_error();
        let refused = failed && !response.extensions().contains::<ForPeople>();
        let map = response.headers_mut();
        if refused {
            map.insert(CONTENT_TYPE, headers::PROBLEM);
        }
        headers::dress(map, self.id, self.api || refused, &edge.settings);
        cors::dress(map, self.origin.as_deref(), &edge.settings);
    }

    fn log(&self, found: &Found, status: u16, edge: &Edge) {
        let took = self.begun.elapsed();
        edge.meter.answered(found.route, status, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let (method, pattern) = (self.method.as_str(), found.pattern.as_deref().unwrap_or("-"));
        let (route, company) = (found.route, found.company.map(tracing::field::display));
        let trace = found.trace.or(self.parent.map(|parent| parent.trace)).unwrap_or(TraceId::from(self.id.0));
        tracing::info!(
            target: "voxgate::access",
            request_id = %self.id, trace_id = %trace, route, company, method, pattern, status, micros,
            "request"
        );
    }
}
