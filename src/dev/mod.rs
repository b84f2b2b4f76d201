//! What `voxgate dev` and the tests run on: a private PostgreSQL cluster, a mailbox that keeps every mail, and the demo
//! companies. Nothing here is used by `serve`.

pub mod demo;
pub mod mailbox;
pub mod postgres;
