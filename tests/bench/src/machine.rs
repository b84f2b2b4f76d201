//! What the figures were measured on.

use std::{fs, process::Command};

/// One line each: date, commit, processor, memory, kernel, compiler.
pub fn facts() -> Vec<(&'static str, String)> {
    let cpu = line("/proc/cpuinfo", "model name").unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let memory = line("/proc/meminfo", "MemTotal").unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let profile = if cfg!(debug_assertions) { "debug build: the figures mean nothing" } else { "release build" };
    vec![
        ("date", said("date", &["-u", "+%Y-%m-%d %H:%M UTC"])),
        ("commit", said("git", &["describe", "--always", "--dirty", "--abbrev=12"])),
        ("processor", format!("{cpu}, {} cores", crate::limits::cores())),
        ("memory", memory),
        ("kernel", kernel.trim().to_owned()),
        ("compiler", format!("{}, {profile}", said("rustc", &["--version"]))),
    ]
}

fn line(file: &str, key: &str) -> Option<String> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a program prints; "unknown" where it is missing.
fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().ok().filter(|output| output.status.success());
    output.map_or_else(|| "unknown".into(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
