//! People of the company, oneself among them.

pub(super) mod change_email;
pub(super) mod deactivate;
pub(super) mod erase;
pub(super) mod force_logout;
pub(super) mod force_logout_company;
pub(super) mod get;
pub(super) mod list;
pub(super) mod me;
pub(super) mod my_events;
pub(super) mod reactivate;
pub(super) mod reset_mfa;
pub(super) mod update;
pub(super) mod update_me;
