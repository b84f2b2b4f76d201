//! Stories against the real server: one binary, one PostgreSQL cluster, a database of its own for every story.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test a panic is the message")]
#![allow(unreachable_pub, reason = "a test binary has no outside")]

mod actors;
mod api;
mod attacks;
mod audit;
mod cli;
mod demo;
mod desk;
mod dev_postgres;
mod faults;
mod floors;
mod isolation;
mod journeys;
mod keys;
mod live;
mod mail;
mod matrix;
mod nodes;
mod openapi;
mod operations;
mod people;
mod phantoms;
mod policy;
mod races;
mod readme;
mod rls;
mod routes;
mod security_page;
mod services;
mod store;
mod support;
mod web;
