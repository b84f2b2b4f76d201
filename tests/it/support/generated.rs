//! Files that are made from the code and committed: a test says when they are stale, and the same test renews them.

use std::{fs, path::PathBuf};

/// Fails when the committed file differs from what the code makes now. With `UPDATE_GENERATED=1` it is written instead.
#[track_caller]
pub(crate) fn is_committed(path: &str, made: &str) {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_GENERATED").is_some_and(|value| value == "1") {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        return fs::write(file, made).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    let differing = committed.lines().zip(made.lines()).position(|(old, new)| old != new);
    let line = differing.unwrap_or_else(|| committed.lines().count().min(made.lines().count())) + 1;
    assert!(
        committed == made,
        "{path} is stale from line {line} on; renew it with: UPDATE_GENERATED=1 cargo test --test it generated"
    );
}
