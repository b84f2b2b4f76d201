//! The audit log as its readers have it: what is in it, filters, pages both ways, the file they take away, the chain and
//! its checkpoints, how it ends, and how a person vanishes from it.

mod acts;
mod chain;
mod checkpoints;
mod erasure;
mod export;
mod filters;
mod partitions;
mod retention;
mod roles;
