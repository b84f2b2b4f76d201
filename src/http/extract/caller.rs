//! The signed-in caller, as the guard of the row let them in.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};

use crate::{
    domain::{
        code::Code,
        principal::{Enroller, Principal},
    },
    http::problem::Problem,
};

/// The caller. Only rows of the route table that are `Signed` always have one.
pub struct Caller(pub Principal);

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Principal>().cloned().map(Self);
        ready(caller.ok_or_else(|| missing(request)))
    }
}

/// The caller of a row that is `Enrolling`: signed in, or with a sign-in that waits for a demanded second factor.
pub(in crate::http) struct EnrollingCaller(pub(in crate::http) Enroller);

impl FromRequest for EnrollingCaller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let caller = request.extensions().get::<Enroller>().cloned().map(Self);
        ready(caller.ok_or_else(|| missing(request)))
    }
}

pub(super) fn missing(request: &HttpRequest) -> Problem {
    tracing::error!(pattern = request.match_pattern(), "a handler asks for a caller on a route without a guard");
    Code::Internal.into()
}
