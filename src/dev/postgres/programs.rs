//! Finds the PostgreSQL programs of this machine.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use super::error::{self, ClusterError};

/// The oldest version the tables are made for.
const LEAST: u32 = 15;
const NEEDED: [&str; 3] = ["initdb", "postgres", "psql"];

/// One directory with PostgreSQL programs of one version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Programs {
    bin: PathBuf,
    major: u32,
}

impl Programs {
    /// Looks at `VOXGATE_PG_BIN` alone where that is set; else takes, of all installed ones, the version that made the
    /// data (`data`), or the newest for a new cluster.
    pub(super) fn find(data: Option<(u32, PathBuf)>) -> Result<Self, ClusterError> {
        let candidates = match std::env::var_os("VOXGATE_PG_BIN") {
            Some(bin) => vec![PathBuf::from(bin)],
            None => installed(),
        };
        let mut found: Vec<_> =
            candidates.into_iter().filter(|bin| is_complete(bin)).filter_map(Self::inspect).collect();
        found.sort_by_key(|programs| programs.major);
        let newest = found.last().cloned().ok_or(ClusterError::NoPrograms)?;
        let Some((major, directory)) = data else {
            let (found, bin) = (newest.major, newest.bin.clone());
            return if found < LEAST { Err(ClusterError::TooOld { found, least: LEAST, bin }) } else { Ok(newest) };
        };
        let other = ClusterError::OtherVersion { data: major, found: newest.major, directory, bin: newest.bin };
        found.into_iter().find(|programs| programs.major == major).ok_or(other)
    }

    fn inspect(bin: PathBuf) -> Option<Self> {
        let mut version = Command::new(bin.join("postgres"));
        version.arg("--version");
        let major = major(&error::run("postgres", version).ok()?)?;
        Some(Self { bin, major })
    }

    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.bin.join(program)
    }
}

fn installed() -> Vec<PathBuf> {
    let versions =
        |parent: &str| fs::read_dir(parent).into_iter().flatten().flatten().map(|entry| entry.path().join("bin"));
    let debian = versions("/usr/lib/postgresql");
    let red_hat = versions("/usr").filter(|bin| bin.to_string_lossy().starts_with("/usr/pgsql-"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian.chain(red_hat).chain(std::env::split_paths(&path)).collect()
}

fn is_complete(bin: &Path) -> bool {
    NEEDED.iter().all(|program| bin.join(program).is_file())
}

/// `postgres (PostgreSQL) 15.18 (Debian …)` → 15; also reads `17rc1` and `18devel`.
fn major(version: &str) -> Option<u32> {
    let number = version.split_once("(PostgreSQL) ")?.1;
    let end = number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len());
    number[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_major_version_is_read_from_every_form() {
        assert_eq!(major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18devel"), Some(18));
        assert_eq!(major("something else"), None);
    }
}
