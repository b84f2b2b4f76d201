//! Inviting people into the company.

pub(super) mod accept;
pub(super) mod get;
pub(super) mod invite;
pub(super) mod list;
pub(super) mod resend;
pub(super) mod withdraw;
