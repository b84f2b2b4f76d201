//! Whose processes the cluster's are: our own account, or, since PostgreSQL refuses root, `postgres` or `nobody`.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::Path,
    process::{Command, Stdio},
};

use super::error::ClusterError;

/// The account that owns the data and runs the programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// We are root and step down to this account.
    pub(super) stepped_down: bool,
}

impl Account {
    pub(super) fn choose() -> Result<Self, ClusterError> {
        let (uid, gid) = (rustix::process::geteuid().as_raw(), rustix::process::getegid().as_raw());
        if uid != 0 {
            return Ok(Self { uid, gid, stepped_down: false });
        }
        let file = "/etc/passwd";
        let accounts = fs::read_to_string(file).map_err(ClusterError::file("read", file))?;
        step_down(&accounts).ok_or(ClusterError::NoAccount)
    }

    /// A program with nothing of our environment but the search path, so that no PG* variable or locale bends it.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("LC_ALL", "C").env("PATH", std::env::var_os("PATH").unwrap_or_default());
        // Not ours: the account that steps down may be unable to stand where we are.
        command.current_dir("/").stdin(Stdio::null());
        if self.stepped_down {
            // Supplementary groups are dropped by this as well.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether the account can walk through `directory` and everything above it.
    pub(super) fn reaches(&self, directory: &Path) -> bool {
        let passes = |directory: &Path| fs::metadata(directory).is_ok_and(|found| self.may_enter(&found));
        !self.stepped_down || directory.ancestors().all(passes)
    }

    fn may_enter(&self, found: &fs::Metadata) -> bool {
        let bit = match (found.uid() == self.uid, found.gid() == self.gid) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        found.mode() & bit != 0
    }
}

fn step_down(accounts: &str) -> Option<Account> {
    let of = |name: &str| {
        let fields =
            accounts.lines().map(|line| line.split(':').collect::<Vec<_>>()).find(|f| f.first() == Some(&name))?;
        let (uid, gid) = (fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?);
        (uid != 0).then_some(Account { uid, gid, stepped_down: true })
    };
    of("postgres").or_else(|| of("nobody"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_steps_down_to_postgres_or_else_to_nobody_and_never_stays_root() {
        let both = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false\npostgres:x:101:104::/:/bin/sh";
        assert_eq!(step_down(both), Some(Account { uid: 101, gid: 104, stepped_down: true }));
        let one = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/false";
        assert_eq!(step_down(one).map(|account| account.uid), Some(65534));
        assert_eq!(step_down("postgres:x:0:0::/:/bin/sh"), None);
    }
}
