//! The running database: started, watched until ready, stopped, and bound to our life by the kernel.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::process::CommandExt,
    process::{Command, ExitStatus},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal};

use super::{Durability, account::Account, error::ClusterError, home::Home, programs::Programs, tidy};

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(20);
/// How long the shared memory of a killed postmaster may stay in use by its last children.
const RETRY_FOR: Duration = Duration::from_secs(5);
const LOG_LIMIT: u64 = 4 * 1024 * 1024;

/// The parent process of the database and the thread that waits for it.
#[derive(Debug)]
pub(super) struct Postmaster {
    pid: u32,
    // A receiver is not Sync; the lock is uncontended.
    ended: std::sync::Mutex<Receiver<io::Result<ExitStatus>>>,
    stopped: bool,
}

impl Postmaster {
    pub(super) fn start(
        home: &Home,
        programs: &Programs,
        account: &Account,
        durability: Durability,
    ) -> Result<Self, ClusterError> {
        let deadline = Instant::now() + RETRY_FOR;
        loop {
            let log_began = log_length(home);
            match Self::attempt(home, programs, account, durability) {
                Err(ClusterError::NotStarted { .. }) if Instant::now() < deadline && still_in_use(home, log_began) => {
                    tidy::pause(Duration::from_millis(200));
                }
                done => return done,
            }
        }
    }

    fn attempt(
        home: &Home,
        programs: &Programs,
        account: &Account,
        durability: Durability,
    ) -> Result<Self, ClusterError> {
        let mut command = account.command(&programs.path("postgres"));
        command.arg("-D").arg(&home.data).arg("-k").arg(&home.socket);
        for setting in settings(durability) {
            command.args(["-c", setting]);
        }
        let log = open_log(home)?;
        command.stdout(log.try_clone().map_err(ClusterError::file("open", &home.log))?).stderr(log).process_group(0);
        die_with_parent(&mut command);
        let (pid, ended) = keep(command)?;
        let mut postmaster = Self { pid, ended: std::sync::Mutex::new(ended), stopped: false };
        postmaster.wait_until_ready(home)?;
        Ok(postmaster)
    }

    fn wait_until_ready(&mut self, home: &Home) -> Result<(), ClusterError> {
        let not_started = || ClusterError::NotStarted { said: last_words(home), log: home.log.clone() };
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            if tidy::PidFile::read(home).is_some_and(|file| file.pid == self.pid && file.ready) {
                return Ok(());
            }
            if self.ended_within(Duration::from_millis(10)) {
                self.stopped = true;
                return Err(not_started());
            }
        }
        Err(not_started())
    }

    fn ended_within(&self, time: Duration) -> bool {
        let ended = self.ended.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        !matches!(ended.recv_timeout(time), Err(RecvTimeoutError::Timeout))
    }

    pub(super) fn pid(&self) -> u32 {
        self.pid
    }

    /// Fast shutdown; after the deadline an immediate one, which loses nothing committed either but must recover.
    pub(super) fn stop(&mut self) -> Result<(), ClusterError> {
        // One that has ended by itself must not be signalled: its number may be somebody else's by now.
        if std::mem::replace(&mut self.stopped, true) || self.ended_within(Duration::ZERO) {
            return Ok(());
        }
        for (signal, patience) in [(Signal::INT, STOPPED_WITHIN), (Signal::QUIT, Duration::from_secs(5))] {
            tidy::signal(self.pid, signal);
            if self.ended_within(patience) {
                return Ok(());
            }
        }
        Err(ClusterError::NotStopped(self.pid))
    }
}

impl Drop for Postmaster {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::error!(%error, "private database left behind");
        }
    }
}

/// Starts the program on a thread of its own that lives until the program ends. The kernel's notice of a parent's death
/// follows the thread that forked, so a caller's short-lived thread must not be that thread.
fn keep(mut command: Command) -> Result<(u32, Receiver<io::Result<ExitStatus>>), ClusterError> {
    let failed = |error: io::Error| ClusterError::Program { program: "postgres", said: error.to_string() };
    let (born, birth) = channel();
    let (end, ended) = channel();
    let keeper = move || match command.spawn() {
        Ok(mut child) => {
            // The receivers may be gone already when the starter gave up.
            let _ = born.send(Ok(child.id()));
            let _ = end.send(child.wait());
        }
        Err(error) => drop(born.send(Err(error))),
    };
    thread::Builder::new().name("postgres-keeper".into()).spawn(keeper).map_err(failed)?;
    let pid = birth.recv().map_err(|_| failed(io::Error::other("its thread ended")))?.map_err(failed)?;
    Ok((pid, ended))
}

/// SIGINT (fast shutdown) for the postmaster when its parent dies in whatever way.
fn die_with_parent(command: &mut Command) {
    let parent = Pid::from_raw(i32::try_from(std::process::id()).unwrap_or_default());
    let bind = move || {
        rustix::process::set_parent_process_death_signal(Some(Signal::INT))?;
        // The parent may have died between the fork and the line above.
        if rustix::process::getppid() == parent { Ok(()) } else { Err(rustix::io::Errno::SRCH.into()) }
    };
    #[expect(unsafe_code, reason = "runs between fork and exec: only two system calls, no allocation, no locks")]
    // SAFETY: `bind` is async-signal-safe; it makes two system calls and an error from a number.
    unsafe {
        command.pre_exec(bind);
    }
}

fn settings(durability: Durability) -> &'static [&'static str] {
    match durability {
        Durability::Safe => &["listen_addresses=", "port=5432", "unix_socket_permissions=0700", "max_connections=200"],
        Durability::Fast => &[
            "listen_addresses=",
            "port=5432",
            "unix_socket_permissions=0700",
            "max_connections=500",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
        ],
    }
}

fn open_log(home: &Home) -> Result<File, ClusterError> {
    let grown = log_length(home) > LOG_LIMIT;
    let open = OpenOptions::new().create(true).append(!grown).write(true).truncate(grown).open(&home.log);
    open.map_err(ClusterError::file("open", &home.log))
}

fn log_length(home: &Home) -> u64 {
    std::fs::metadata(&home.log).map_or(0, |found| found.len())
}

fn still_in_use(home: &Home, since: u64) -> bool {
    let log = std::fs::read(&home.log).unwrap_or_default();
    let new = log.get(usize::try_from(since).unwrap_or_default()..).unwrap_or(&log);
    let new = String::from_utf8_lossy(new);
    new.contains("still in use") || new.contains("lock file \"postmaster.pid\" already exists")
}

fn last_words(home: &Home) -> String {
    let log = std::fs::read(&home.log).unwrap_or_default();
    let text = String::from_utf8_lossy(&log);
    let lines: Vec<_> = text.lines().rev().take(5).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
