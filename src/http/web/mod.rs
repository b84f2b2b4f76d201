//! The web app: the pages and files its build leaves in `web/dist`, served from this binary. With the cargo feature
//! `embed-web` a release binary holds them and a debug binary reads them from the disk; without it every page says that
//! the app is not built in, and how to build it.

#[cfg(feature = "embed-web")]
mod built_in;
mod file;
pub(super) mod pages;
mod policy;

use std::borrow::Cow;

pub(super) use policy::page_policy;

/// One file of the build.
pub struct File {
    /// What it holds.
    pub body: Cow<'static, [u8]>,
    /// Its SHA-256.
    pub digest: [u8; 32],
}

/// Finds a file of the build by its path in `web/dist`, such as `assets/app-3f2a.js`. The same path with `.br` or `.gz`
/// is its compressed form.
pub type Files = fn(&str) -> Option<File>;

/// The files that are built in.
pub fn built_in() -> Option<Files> {
    #[cfg(feature = "embed-web")]
    return Some(built_in::file);
    #[cfg(not(feature = "embed-web"))]
    None
}
