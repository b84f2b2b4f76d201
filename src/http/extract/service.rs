//! The service that calls, as the guard of the row let it in.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use crate::{
    domain::{code::Code, service::ServiceCaller},
    http::problem::Problem,
};

/// The calling service. Only rows of the route table that are `Service` always have one.
pub(in crate::http) struct Service(pub(in crate::http) ServiceCaller);

impl FromRequest for Service {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<ServiceCaller>().cloned().map(Self);
        ready(caller.ok_or_else(|| {
            tracing::error!(
                pattern = request.match_pattern(),
                "a handler asks for a service on a route without a guard"
            );
            Code::Internal.into()
        }))
    }
}
