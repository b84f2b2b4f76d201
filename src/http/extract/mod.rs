//! What handlers take as arguments. Everything here refuses with a problem, never with half a value.

mod address;
mod caller;
mod form;
mod json;
mod path;
mod query;
mod reading;
mod repeatable;
mod secret;
mod service;
mod visit;

pub use address::{ClientOrigin, client_address};
pub use caller::Caller;
pub(super) use caller::EnrollingCaller;
pub(super) use form::Form;
#[cfg(any(test, fuzzing))]
pub(super) use json::parse as read_body;
pub(super) use json::{Json, JsonOrDefault};
pub(super) use path::{PathId, PathIds};
#[cfg(any(test, fuzzing))]
pub(super) use query::parse as read_query;
pub(super) use query::{Query, page};
pub(super) use repeatable::Repeatable;
pub(super) use secret::Secret;
pub(super) use service::Service;
pub(super) use visit::Visit;
pub use visit::is_allowed_origin;

use actix_web::{HttpRequest, web::Data};

use super::services::Edge;
use crate::domain::code::{Code, Refusal};

/// The edge this request came over.
///
/// # Errors
/// `internal` when the application was built without one.
pub(super) fn edge(request: &HttpRequest) -> Result<&Data<Edge>, Refusal> {
    request.app_data::<Data<Edge>>().ok_or_else(|| {
        tracing::error!("the application was built without http::configure");
        Code::Internal.into()
    })
}
