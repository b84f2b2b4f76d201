//! The figures of the live desk.

mod indexes;
mod sessions;
mod summary;
