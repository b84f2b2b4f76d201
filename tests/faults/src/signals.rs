//! What is done to processes: killed, frozen, thawed, left without space.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    process::Command,
};

use rustix::process::{Pid, Signal, kill_process};

use crate::failure::Failure;

/// A process and its children, as `/proc` shows them now.
pub fn family(parent: u32) -> Vec<u32> {
    let numbers = fs::read_dir("/proc").into_iter().flatten().flatten();
    let numbers = numbers.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut all: Vec<u32> = numbers.filter(|process| parent_of(*process) == Some(parent)).collect();
    all.insert(0, parent);
    all
}

/// The fourth field of `/proc/…/stat`, counted from the end of the name, which may hold anything.
fn parent_of(process: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Sends a signal to processes of our own; one that has ended meanwhile is no mistake.
pub fn send(processes: &[u32], signal: Signal) {
    for process in processes.iter().filter_map(|process| Pid::from_raw(process.cast_signed())) {
        let _ = kill_process(process, signal);
    }
}

/// No file of these processes may grow beyond so many bytes; `None` lifts that. Writing beyond fails as on a full disk.
/// Asked by the program `prlimit` as the user the process belongs to, which needs no further right.
///
/// # Errors
/// The limit of a process that is there could not be set.
pub fn limit_files(processes: &[u32], bytes: Option<u64>) -> Result<(), Failure> {
    let limit = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
    for process in processes {
        let Ok(owner) = fs::metadata(format!("/proc/{process}")) else { continue };
        let mut command = Command::new("prlimit");
        command.uid(owner.uid()).gid(owner.gid()).arg(format!("--pid={process}")).arg(format!("--fsize={limit}:"));
        let done = command.output()?;
        if !done.status.success() && fs::metadata(format!("/proc/{process}")).is_ok() {
            return Err(Failure(String::from_utf8_lossy(&done.stderr).into_owned()));
        }
    }
    Ok(())
}
