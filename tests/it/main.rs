//! Stories against the real server: one binary, one PostgreSQL cluster, a database of its own for every story.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test a panic is the message")]

mod dev_postgres;
mod journeys;
mod mail;
mod rls;
mod store;
mod support;
