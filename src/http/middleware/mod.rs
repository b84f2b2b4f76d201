//! What surrounds handlers: [`frame()`] around the whole application, [`guard()`] around every row of the route table.

mod cors;
mod frame;
mod guard;
mod headers;

pub(super) use frame::frame;
#[cfg(any(test, fuzzing))]
pub(super) use guard::bearer;
pub(super) use guard::guard;
pub(super) use headers::CLOSED;
