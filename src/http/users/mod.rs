//! People of the company, oneself among them.

pub(super) mod force_logout;
pub(super) mod get;
pub(super) mod list;
pub(super) mod me;
pub(super) mod update_me;
