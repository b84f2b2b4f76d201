//! HTTP: parses, asks the tenant floor, presents. Nothing is decided here.
//!
//! One table ([`routes::all`]) drives routing, rights, step-up, rate limits and the OpenAPI document. To add an endpoint:
//! one file with input, output and handler in the folder of its area, and one row in `routes/<area>.rs`. What is not in
//! the table is not reachable, and nothing in it is reachable without the guard of its row.

mod audit;
mod auth;
mod company;
mod cookies;
mod desk;
mod extract;
#[cfg(any(test, fuzzing))]
pub mod fuzzing;
mod invitations;
mod limit;
mod live;
mod mfa;
mod middleware;
mod openapi;
mod problem;
pub mod routes;
mod service_credentials;
mod services;
mod sessions;
mod settings;
mod system;
#[cfg(test)]
mod tests;
mod users;
mod verification;
mod web;

use actix_web::{
    App, Error,
    body::BoxBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    middleware::from_fn,
    web::{Data, ServiceConfig},
};

pub use extract::{Caller, ClientOrigin, client_address, is_allowed_origin};
pub use openapi::{Docs, document};
pub use problem::{Problem, errors_markdown};
pub use services::{DevMail, Edge, Gate, Mail, Parts, Readiness, Ready, Services};
pub use settings::{Rate, Rates, Settings};
pub use web::{File, Files, built_in};

/// The whole application of one worker: every route behind its guard, framed by request ids, security headers, problem
/// answers, panic containment and the access log.
pub fn app(
    services: &Services,
) -> App<
    impl ServiceFactory<ServiceRequest, Config = (), Response = ServiceResponse<BoxBody>, Error = Error, InitError = ()>
    + use<>,
> {
    App::new().configure(configure(services)).wrap(from_fn(middleware::frame))
}

/// Registers every route of the table and what the handlers need. [`app`] wraps it in the frame every answer needs;
/// on its own it serves tests.
pub fn configure(services: &Services) -> impl FnOnce(&mut ServiceConfig) + use<> {
    let services = services.clone();
    move |config| {
        config.app_data(services.tenants.clone());
        configure_edge(&services.edge, config);
    }
}

/// The same without the tenant floor: what every guard and page needs.
fn configure_edge(edge: &Data<Edge>, config: &mut ServiceConfig) {
    config.app_data(edge.clone());
    routes::configure(edge, config);
}
