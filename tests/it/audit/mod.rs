//! The audit log as its readers have it: filters, pages both ways, the file they take away, and the chain.

mod chain;
mod export;
mod filters;
