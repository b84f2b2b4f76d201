//! What the live desk of the web app asks besides the stream: counts and who is signed in.

pub(super) mod sessions;
pub(super) mod summary;
