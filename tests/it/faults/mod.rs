//! What breaks, and what holds all the same: the database, the revocation feed, a node, a connection.

mod aborts;
mod cold_start;
mod crash;
mod outage;
mod outbox;
mod revocation;
mod storm;

/// One issuer for all nodes of an installation; else each would name itself after its own port.
pub(crate) const ONE_ISSUER: (&str, &str) = ("tokens.issuer", "https://voxgate.example");
