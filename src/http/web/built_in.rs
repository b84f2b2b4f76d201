//! `web/dist` in the binary (release) or on the disk (debug).

use rust_embed::RustEmbed;

use super::File;

#[derive(RustEmbed)]
#[folder = "web/dist/"]
struct Dist;

/// A file of the build.
pub(super) fn file(path: &str) -> Option<File> {
    let found = Dist::get(path)?;
    Some(File { body: found.data, digest: found.metadata.sha256_hash() })
}
