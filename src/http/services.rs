//! What handlers and guards work with. The guards know the tenant floor only through [`Gate`], so that they can be tested
//! without a database.

use std::sync::Arc;

use actix_web::{Route, http::header::HeaderValue, web::Data};
use futures_util::future::BoxFuture;
use serde::Serialize;
use serde_json::Value;
use time::OffsetDateTime;

use super::{
    limit::Limits,
    middleware::CLOSED,
    openapi, routes,
    settings::Settings,
    web::{Files, page_policy},
};
use crate::{
    domain::{
        code::Refusal,
        principal::{Enrollee, Principal},
        service::ServiceCaller,
        world::World,
    },
    signals::meter::Routes,
    tenant::Tenants,
};

/// Who gets in, as far as HTTP needs to ask.
pub trait Gate: Send + Sync {
    /// Verifies an access token and that it is not revoked.
    fn admit<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Principal, Refusal>>;
    /// Verifies the token of a sign-in that waits for a demanded second factor.
    fn admit_enrollee<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Enrollee, Refusal>>;
    /// Verifies the key of a service.
    fn admit_service<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<ServiceCaller, Refusal>>;
    /// Lets a caller pass whose proof of identity is recent.
    fn step_up<'a>(&'a self, caller: &'a Principal) -> BoxFuture<'a, Result<(), Refusal>>;
    /// The public keys of access tokens (RFC 7517).
    fn jwks(&self) -> Value;
}

impl Gate for Tenants {
    fn admit<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Principal, Refusal>> {
        Box::pin(self.door().admit(token))
    }

    fn admit_enrollee<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Enrollee, Refusal>> {
        Box::pin(Self::admit_enrollee(self, token))
    }

    fn admit_service<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<ServiceCaller, Refusal>> {
        Box::pin(Self::admit_service(self, key))
    }

    fn step_up<'a>(&'a self, caller: &'a Principal) -> BoxFuture<'a, Result<(), Refusal>> {
        Box::pin(Self::step_up(self, caller))
    }

    fn jwks(&self) -> Value {
        self.door().jwks()
    }
}

/// One mail the development server kept.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    /// The recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML part, where there is one.
    pub html: Option<String>,
    /// When it arrived.
    #[serde(with = "time::serde::rfc3339")]
    pub at: OffsetDateTime,
}

/// The mailbox of the development server.
pub trait DevMail: Send + Sync {
    /// The kept mails, newest first, of one recipient or of all.
    fn items(&self, to: Option<&str>) -> Vec<Mail>;
    /// The same as an HTML document that needs no script.
    fn page(&self) -> String;
}

/// Whether the server may take traffic, and how it feels.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    /// Why it may not; empty when it may.
    pub waiting: Vec<String>,
    /// What is wrong and keeps nobody away.
    pub degraded: Vec<String>,
}

/// Answers for the server; must not wait.
pub type Ready = Arc<dyn Fn() -> Readiness + Send + Sync>;

/// What the composition root hands over besides the tenant floor.
#[derive(Clone)]
pub struct Parts {
    /// How the server is reached.
    pub settings: Settings,
    /// Time and chance.
    pub world: World,
    /// Answers `/readyz`.
    pub ready: Ready,
    /// Only in development.
    pub dev_mail: Option<Arc<dyn DevMail>>,
    /// The handler of `GET /api/live`. HTTP and live channel do not know each other.
    pub live: fn() -> Route,
    /// The web app, where it is built in.
    pub web: Option<Files>,
}

/// What guards and pages need.
pub struct Edge {
    pub(super) settings: Settings,
    pub(super) world: World,
    pub(super) ready: Ready,
    pub(super) dev_mail: Option<Arc<dyn DevMail>>,
    pub(super) live: fn() -> Route,
    pub(super) gate: Arc<dyn Gate>,
    pub(super) limits: Limits,
    pub(super) openapi: String,
    pub(super) web: Option<Files>,
    pub(super) meter: Routes,
    /// The content policy of the web app's pages.
    pub(super) page_policy: HeaderValue,
}

impl Edge {
    /// An edge of the server that asks `gate` who gets in.
    pub fn new(gate: Arc<dyn Gate>, parts: Parts) -> Self {
        let Parts { settings, world, ready, dev_mail, live, web } = parts;
        let limits = Limits::new(&settings.rates);
        // An address that is no header value is none the settings let pass.
        let page_policy = HeaderValue::try_from(page_policy(&settings)).unwrap_or(HeaderValue::from_static(CLOSED));
        let (openapi, meter) = (openapi::json(), Routes::new(routes::all().map(|row| row.name)));
        Self { settings, world, ready, dev_mail, live, gate, limits, openapi, web, meter, page_policy }
    }

    /// Forgets client addresses that have been quiet long enough. Call it on a timer, about once a minute.
    pub fn forget_quiet_clients(&self) {
        self.limits.sweep();
    }
}

/// Everything one process serves with; cheap to clone, one for all workers.
#[derive(Clone)]
pub struct Services {
    pub(super) tenants: Data<Tenants>,
    pub(super) edge: Data<Edge>,
}

impl Services {
    /// Everything wired.
    pub fn new(tenants: Tenants, parts: Parts) -> Self {
        let edge = Edge::new(Arc::new(tenants.clone()), parts);
        Self { tenants: Data::new(tenants), edge: Data::new(edge) }
    }

    /// What guards and pages need; the lifecycle calls [`Edge::forget_quiet_clients`] on it.
    pub fn edge(&self) -> &Data<Edge> {
        &self.edge
    }
}
