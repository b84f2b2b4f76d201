//! The signed-in caller, as the guard of the row let them in.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use crate::{
    domain::{code::Code, principal::Principal},
    http::problem::Problem,
};

/// The caller. Only rows of the route table that are `Signed` have one.
pub struct Caller(pub Principal);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Principal>().cloned().map(Self);
        ready(caller.ok_or_else(|| {
            tracing::error!(
                pattern = request.match_pattern(),
                "a handler asks for a caller on a route without a guard"
            );
            Code::Internal.into()
        }))
    }
}
