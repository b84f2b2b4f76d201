//! What the live desk of the web app asks besides the stream: counts, who is signed in, and
//! which alerts are dealt with.

pub(super) mod acknowledge;
pub(super) mod sessions;
pub(super) mod summary;
