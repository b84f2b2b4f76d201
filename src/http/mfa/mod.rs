//! The second factor of one's own account.

pub(super) mod backup_codes;
pub(super) mod disable;
pub(super) mod enable;
pub(super) mod regenerate_codes;
pub(super) mod setup;
