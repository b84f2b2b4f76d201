//! THE route table. A row says everything about an endpoint; routing, rights, step-up, rate limits, body limits and the
//! OpenAPI document are made from it and from nothing else.
//!
//! To add an endpoint, write its file in the folder of its area and one row in the area's table here. Rows with a fixed
//! path win over rows with an id in the same place, whatever their order.

mod auth;
mod company;
mod live;
mod mfa;
mod pages;
mod passwords;
mod services;
mod sessions;
mod system;
mod users;

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, ResponseError, Route,
    dev::ServiceRequest,
    guard as guards,
    http::{
        Method,
        header::{ALLOW, HeaderValue},
    },
    middleware::{Next, from_fn},
    web::{self, Data, ServiceConfig},
};

use super::{middleware::guard, openapi::Docs, problem::Problem, services::Edge, web::pages::lost};
use crate::domain::{code::Code, event::Kind, principal::Role, service::Scope};

/// A method of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "they are the methods of HTTP")]
pub enum Verb {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Verb {
    /// The same in the words of the HTTP library.
    pub fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Patch => Method::PATCH,
            Self::Delete => Method::DELETE,
        }
    }
}

/// Who may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody.
    Public,
    /// Who holds a live ticket or an access token; the handler itself redeems it, because tickets work once.
    Ticket,
    /// Signed-in people with one of these roles.
    Signed(&'static [Role]),
    /// The same, and people whose sign-in waits for a second factor that their company demands: their token is a recent
    /// proof of the password and opens these rows and no others.
    Enrolling(&'static [Role]),
    /// Services whose key has this scope. No token of a person opens these rows, no cookie, and their keys open no others.
    Service(Scope),
}

impl Access {
    /// The roles of a row for signed-in people.
    pub fn roles(self) -> Option<&'static [Role]> {
        match self {
            Self::Signed(roles) | Self::Enrolling(roles) => Some(roles),
            Self::Public | Self::Ticket | Self::Service(_) => None,
        }
    }

    /// Whether a token or key is needed that the guard judges.
    pub fn is_guarded(self) -> bool {
        !matches!(self, Self::Public | Self::Ticket)
    }
}

/// Which rate applies to one client address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// A password is compared or hashed.
    Credentials,
    /// A second factor is compared.
    Mfa,
    /// Tokens are renewed.
    Refresh,
    /// Everything else with a token.
    General,
    /// Everything else without one.
    Public,
    /// Services ask, each by a key of its own.
    Service,
    /// Not limited: probes.
    Free,
}

/// Where the handler is.
#[derive(Clone, Copy)]
pub enum Handler {
    /// In this folder.
    Here(fn() -> Route),
    /// In the live channel; the composition root hands it in.
    Live,
}

/// One row.
pub struct Endpoint {
    /// The method. A row with GET answers HEAD too.
    pub method: Verb,
    /// The path, ids in braces.
    pub path: &'static str,
    /// Further spellings of the path.
    pub aliases: &'static [&'static str],
    /// Unique and stable: `area.verb`; the operation id in the OpenAPI document.
    pub name: &'static str,
    /// What it does, in one line.
    pub summary: &'static str,
    /// Who may call.
    pub access: Access,
    /// Whether it needs a recent proof of identity.
    pub step_up: bool,
    /// Which rate applies.
    pub bucket: Bucket,
    /// Whether a client may send it again under an `Idempotency-Key`: every row that creates.
    pub repeatable: bool,
    /// What it may write into the audit log.
    pub audited: &'static [Kind],
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// What answers.
    pub handler: Handler,
    /// Input and output for the OpenAPI document.
    pub docs: fn(Docs) -> Docs,
}

/// Every signed-in role.
pub const EVERYBODY: &[Role] = &Role::ALL;
/// Who reads the company's people and events.
pub const STAFF: &[Role] = &[Role::Manager, Role::Admin];
/// Who runs the company.
pub const ADMINS: &[Role] = &[Role::Admin];

/// A row to start from: public, small body, general rate. Areas write only what differs.
const ROW: Endpoint = Endpoint {
    method: Verb::Get,
    path: "",
    aliases: &[],
    name: "",
    summary: "",
    access: Access::Public,
    step_up: false,
    bucket: Bucket::General,
    repeatable: false,
    audited: &[],
    body_limit: 64 * 1024,
    handler: Handler::Live,
    docs: |docs| docs,
};

/// Every row that production serves.
pub fn all() -> impl Iterator<Item = &'static Endpoint> {
    [
        auth::ROWS,
        passwords::ROWS,
        mfa::ROWS,
        users::ROWS,
        sessions::ROWS,
        company::ROWS,
        services::ROWS,
        live::ROWS,
        pages::ROWS,
        system::ROWS,
    ]
    .into_iter()
    .flatten()
}

/// Registers every row behind its guard; rows of the development server only where it has a mailbox.
pub(super) fn configure(edge: &Data<Edge>, config: &mut ServiceConfig) {
    let dev = edge.dev_mail.is_some().then_some(system::DEV_ROWS).into_iter().flatten();
    let mut paths: BTreeMap<(bool, &'static str), Vec<&'static Endpoint>> = BTreeMap::new();
    for row in all().chain(dev) {
        for path in [row.path].iter().chain(row.aliases) {
            paths.entry((path.contains('{'), path)).or_default().push(row);
        }
    }
    for ((_, path), rows) in paths {
        let mut resource = web::resource(path);
        for row in &rows {
            resource = resource.route(guarded(row, edge));
        }
        let allow = allowed(&rows);
        config.service(resource.default_service(web::route().to(move || refuse_method(allow.clone()))));
    }
    config.default_service(web::route().to(lost));
}

fn guarded(row: &'static Endpoint, edge: &Edge) -> Route {
    let route = match row.handler {
        Handler::Here(route) => route(),
        Handler::Live => (edge.live)(),
    };
    let route = match row.method {
        Verb::Get => route.guard(guards::Any(guards::Get()).or(guards::Head())),
        verb => route.guard(guards::Method(verb.method())),
    };
    route.wrap(from_fn(move |request: ServiceRequest, next: Next<_>| guard(row, request, next)))
}

/// The `Allow` header of a path.
fn allowed(rows: &[&'static Endpoint]) -> String {
    let mut methods: Vec<_> = rows.iter().map(|row| row.method.method().to_string()).collect();
    if methods.iter().any(|method| method == "GET") {
        methods.push("HEAD".to_owned());
    }
    methods.join(", ")
}

async fn refuse_method(allow: String) -> HttpResponse {
    let mut response = Problem::from(Code::MethodNotAllowed).error_response();
    if let Ok(allow) = HeaderValue::try_from(allow) {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}
