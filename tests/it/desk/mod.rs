//! The figures of the live desk.

mod acknowledge;
mod indexes;
mod sessions;
mod summary;
