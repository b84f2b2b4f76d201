//! What an earlier run may have left: a postmaster that is still shutting down.

use std::{
    fs,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal};

use super::{error::ClusterError, home::Home};

const ENDS_WITHIN: Duration = Duration::from_secs(30);

/// The parts of `postmaster.pid` that matter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PidFile {
    pub(super) pid: u32,
    pub(super) ready: bool,
}

impl PidFile {
    pub(super) fn read(home: &Home) -> Option<Self> {
        Self::parse(&fs::read_to_string(home.data.join("postmaster.pid")).ok()?)
    }

    /// First line the process id, eighth line the state (PostgreSQL 10 and later).
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        Some(Self { pid, ready: lines.nth(6).is_some_and(|state| state.trim() == "ready") })
    }
}

/// Waits until no postmaster of an earlier run is left. Its parent is dead, or the lock would not be ours, so the kernel has
/// told it to stop; it is told once more in case that word came before it listened.
pub(super) fn wait_for_orphan(home: &Home) -> Result<(), ClusterError> {
    let deadline = Instant::now() + ENDS_WITHIN;
    let mut told = false;
    while let Some(pid) = orphan(home) {
        if Instant::now() > deadline {
            return Err(ClusterError::Orphan(pid));
        }
        if !std::mem::replace(&mut told, true) {
            signal(pid, Signal::INT);
        }
        pause(Duration::from_millis(20));
    }
    Ok(())
}

/// The process in the pid file, if it lives and stands in our data directory: a number that now belongs to somebody
/// else's program is not ours to signal.
fn orphan(home: &Home) -> Option<u32> {
    let pid = PidFile::read(home)?.pid;
    let standing = fs::read_link(format!("/proc/{pid}/cwd")).ok()?;
    (standing == home.data).then_some(pid)
}

/// Sends a signal; a process that is gone already is what was wanted.
pub(super) fn signal(pid: u32, signal: Signal) {
    if let Some(pid) = i32::try_from(pid).ok().and_then(Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, signal);
    }
}

/// Waits on a thread that serves no tasks.
pub(super) fn pause(time: Duration) {
    #[expect(clippy::disallowed_methods, reason = "runs before the runtime or on a blocking thread")]
    std::thread::sleep(time);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pid_file_tells_when_the_database_is_ready() {
        let starting = "812\n/data\n1700000000\n5432\n/socket\n\n  5432001   3\nstarting\n";
        assert_eq!(PidFile::parse(starting), Some(PidFile { pid: 812, ready: false }));
        assert!(PidFile::parse(&starting.replace("starting", "ready   ")).unwrap().ready);
        assert_eq!(PidFile::parse("812\n"), Some(PidFile { pid: 812, ready: false }));
        assert_eq!(PidFile::parse(""), None);
    }
}
