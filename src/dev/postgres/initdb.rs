//! Makes the data directory: beside its place first, then moved there, so that a half-made one is never used.

use std::{fs, path::Path};

use super::{Durability, account::Account, error, error::ClusterError, home, home::Home, programs::Programs};

const BESIDE: &str = "data.new";

/// Makes the data where it is missing. The caller holds the lock.
pub(super) fn ensure(
    home: &Home,
    programs: &Programs,
    account: &Account,
    durability: Durability,
) -> Result<(), ClusterError> {
    if home.data.join("PG_VERSION").is_file() {
        return Ok(());
    }
    let beside = home.root.join(BESIDE);
    if beside.exists() {
        // An earlier start was killed in the middle of this.
        fs::remove_dir_all(&beside).map_err(ClusterError::file("remove", &beside))?;
    }
    home::make_private(&beside, account)?;
    initdb(&beside, programs, account, durability)?;
    fs::rename(&beside, &home.data).map_err(ClusterError::file("put in place", &home.data))
}

fn initdb(data: &Path, programs: &Programs, account: &Account, durability: Durability) -> Result<(), ClusterError> {
    let mut initdb = account.command(&programs.path("initdb"));
    // Whoever can open the socket's directory is the owner of the data already: no passwords. No network at all.
    initdb.args(["--auth-local=trust", "--auth-host=reject", "--username=postgres", "--encoding=UTF8", "--locale=C"]);
    initdb.arg("--no-instructions").arg("--pgdata").arg(data);
    if durability == Durability::Fast {
        initdb.arg("--no-sync");
    }
    error::run("initdb", initdb).map(drop)
}
