//! The edge in process: real routes, guards and frame; a gate that knows four callers and no database behind it.

mod browsers;
mod delivery;
mod facts;
mod frame;
mod pages;
mod rights;
mod wire;

use std::sync::Arc;

use actix_web::{
    App, Error, HttpResponse,
    body::{BoxBody, to_bytes},
    dev::{Service, ServiceResponse},
    http::header::HeaderMap,
    middleware::from_fn,
    test::{TestRequest, init_service},
    web::{self, Data},
};
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use time::OffsetDateTime;
use uuid::Uuid;

use super::{
    Edge, Gate, Mail, Parts, Problem, Rate, Rates, Readiness, Settings, configure_edge, extract::PathId,
    middleware::frame, services::DevMail,
};
use crate::domain::{
    code::{Code, Refusal},
    ids::{CompanyId, ServiceCredentialId, SessionId, UserId},
    principal::{Enrollee, Principal, Role},
    service::{Reach, Scope, ServiceCaller},
    world::{Clock, Entropy, World},
};

/// The tokens the gate knows: `user`, `manager`, `admin`, and `proven` for an admin with a recent proof; the keys of services:
/// `key-` and the name of their one scope.
struct FakeGate;

impl Gate for FakeGate {
    fn admit<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Principal, Refusal>> {
        let role = match token {
            "proven" => Some(Role::Admin),
            "revoked" => return Box::pin(async { Err(Code::SessionRevoked.into()) }),
            token => Role::parse(token),
        };
        let admitted = role.map(|role| principal(role, token)).ok_or_else(|| Code::Unauthenticated.into());
        Box::pin(async { admitted })
    }

    fn admit_enrollee<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Enrollee, Refusal>> {
        let (user, company) = (UserId(Uuid::from_u128(1)), CompanyId(Uuid::from_u128(2)));
        Box::pin(async move { Ok(Enrollee { user, company, token: [0; 32] }) })
    }

    fn admit_service<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<ServiceCaller, Refusal>> {
        let scope = Scope::ALL.into_iter().find(|scope| key == format!("key-{}", scope.as_str().replace(':', "-")));
        let caller = scope.map(|scope| ServiceCaller {
            id: ServiceCredentialId(Uuid::from_u128(4)),
            reach: Reach::Company(CompanyId(Uuid::from_u128(2))),
            scopes: vec![scope],
            key: [0; 32],
        });
        Box::pin(async move { caller.ok_or_else(|| Code::Unauthenticated.into()) })
    }

    fn step_up<'a>(&'a self, caller: &'a Principal) -> BoxFuture<'a, Result<(), Refusal>> {
        let proven = caller.amr.iter().any(|method| method == "proven");
        Box::pin(async move { if proven { Ok(()) } else { Err(Code::ReauthenticationRequired.into()) } })
    }

    fn jwks(&self) -> Value {
        json!({ "keys": [] })
    }
}

fn principal(role: Role, token: &str) -> Principal {
    Principal {
        user: UserId(Uuid::from_u128(1)),
        company: CompanyId(Uuid::from_u128(2)),
        session: SessionId(Uuid::from_u128(3)),
        role,
        amr: vec!["pwd".into(), token.into()],
        auth_time: OffsetDateTime::UNIX_EPOCH,
        expires_at: OffsetDateTime::UNIX_EPOCH,
        epoch: 1,
        company_epoch: 1,
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::UNIX_EPOCH
    }
}

impl Entropy for Still {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

struct OneMail;

impl DevMail for OneMail {
    fn items(&self, to: Option<&str>) -> Vec<Mail> {
        let (text, at) = ("Hello".to_owned(), OffsetDateTime::UNIX_EPOCH);
        let mail = Mail { to: "a@b.c".into(), subject: "Hi".into(), text, html: None, at };
        Some(mail).into_iter().filter(|mail| to.is_none_or(|to| to == mail.to)).collect()
    }

    fn page(&self) -> String {
        "<!doctype html><title>Mail</title>".into()
    }
}

const BASE: &str = "https://auth.example.com";

/// A server that people reach at [`BASE`], with room for every test.
fn parts() -> Parts {
    let plenty = Rate { per_second: 10_000, burst: 10_000 };
    let rates = Rates::same(plenty);
    Parts {
        settings: Settings {
            base_url: BASE.into(),
            allowed_origins: vec!["https://app.example.com".into()],
            trusted_proxies: Vec::new(),
            rates,
        },
        world: World::new(Arc::new(Still), Arc::new(Still)),
        ready: Arc::new(|| Readiness { waiting: vec!["the revocation feed is loading".into()], degraded: vec![] }),
        dev_mail: None,
        live: || web::route().to(|| async { HttpResponse::Ok().body("live") }),
        web: None,
    }
}

fn edge(parts: Parts) -> Edge {
    Edge::new(Arc::new(FakeGate), parts)
}

/// An answer, read to its end.
struct Answer {
    status: u16,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn server(parts: Parts) -> impl Service<actix_http::Request, Response = ServiceResponse<BoxBody>, Error = Error> {
    let edge = Data::new(edge(parts));
    let app = App::new().configure(|config| configure_edge(&edge, config));
    let app = app.route("/panic", web::get().to(panics)).route("/ids/{id}", web::get().to(nobody));
    init_service(app.wrap(from_fn(frame))).await
}

/// A handler that knows no id at all.
async fn nobody(_: PathId<UserId>) -> Result<HttpResponse, Problem> {
    Err(Code::NotFound.into())
}

async fn panics() -> HttpResponse {
    panic!("a story about a handler that breaks")
}

/// Asks a fresh server of these parts once.
async fn ask(parts: Parts, request: TestRequest) -> Answer {
    let server = server(parts).await;
    asked(&server, request).await
}

async fn asked(
    server: &impl Service<actix_http::Request, Response = ServiceResponse<BoxBody>, Error = Error>,
    request: TestRequest,
) -> Answer {
    let response = match server.call(request.to_request()).await {
        Ok(response) => response.into_parts().1,
        Err(error) => error.error_response(),
    };
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = to_bytes(response.into_body()).await.unwrap_or_default();
    Answer { status, headers, text: String::from_utf8_lossy(&body).into_owned() }
}

fn bearer(request: TestRequest, token: &str) -> TestRequest {
    request.insert_header(("Authorization", format!("Bearer {token}")))
}
