//! What other services ask with a key of their own: is this token good, and what is revoked.

pub(super) mod introspect;
pub(super) mod revocations;
