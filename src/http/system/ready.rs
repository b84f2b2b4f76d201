//! `GET /readyz`: whether this node may take traffic.

use actix_web::{HttpResponse, web::Data};

use super::health::say;
use crate::{
    domain::code::{Code, FieldError, Refusal},
    http::{problem::Problem, services::Edge},
};

/// Ready, or what it still waits for.
pub(in crate::http) async fn handle(edge: Data<Edge>) -> Result<HttpResponse, Problem> {
    let waiting = match (edge.ready)() {
        Ok(()) => return Ok(say("ready")),
        Err(waiting) => waiting,
    };
    let fields = waiting.into_iter().map(|what| FieldError::new("", "not_ready", what)).collect();
    Err(Refusal { fields, ..Code::Unavailable.into() }.into())
}
