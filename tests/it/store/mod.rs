//! The store's promises: units of work, claims under a hundred callers on two nodes, and background work.

mod claims;
mod flights;
mod machines;
mod migration;
mod naive;
mod nodes;
mod refresh;
mod sequencer;
mod units;
