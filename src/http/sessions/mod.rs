//! Sessions: one's own, and those of a person an admin looks after.

pub(super) mod end;
pub(super) mod end_of_user;
pub(super) mod list;
pub(super) mod list_of_user;
pub(super) mod view;
