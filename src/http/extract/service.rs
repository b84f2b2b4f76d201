//! The service that calls, as the guard of the row let it in.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use super::caller::missing;
use crate::{domain::service::ServiceCaller, http::problem::Problem};

/// The calling service. Only rows of the route table that are `Service` always have one.
pub(in crate::http) struct Service(pub(in crate::http) ServiceCaller);

impl FromRequest for Service {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<ServiceCaller>().cloned().map(Self);
        ready(caller.ok_or_else(|| missing(request)))
    }
}
