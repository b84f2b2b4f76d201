//! A private PostgreSQL cluster for this test process: Unix socket only, gone with the process.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
};

const PREFIX: &str = "voxgate-test-";

/// A running cluster.
pub(crate) struct Cluster {
    programs: PathBuf,
    /// Data and socket live in the system's temporary folder: a socket's path may not be longer than 107 bytes, and
    /// the user `postgres` must be able to reach it.
    folder: PathBuf,
}

impl Cluster {
    /// Makes and starts the cluster; returns when it accepts connections.
    pub(crate) fn start(name: &str) -> Self {
        remove_leftovers();
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the cluster");
        let account = account();
        if let Some((uid, gid)) = account {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("the folder given to postgres");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).expect("the folder closed");
        let cluster = Self { programs: programs(), folder };
        cluster.initialise(account);
        cluster.launch(account);
        cluster
    }

    /// A URL for `role` and `database`.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@localhost:5432/{database}?host={}", self.folder.display())
    }

    /// Where its socket is.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whom its programs run as, when that is somebody else.
    pub(crate) fn account(&self) -> Option<(u32, u32)> {
        account()
    }

    /// Drops a database, with whoever is connected to it.
    pub(crate) fn drop_database(&self, name: &str) {
        let mut dropdb = Command::new(self.programs.join("dropdb"));
        dropdb.args(["--force", "--if-exists", "-p", "5432", "-U", "postgres", "-h"]).arg(&self.folder).arg(name);
        let _ = dropdb.stderr(Stdio::null()).status(); // the cluster goes with the process anyway
    }

    fn command(&self, program: &Path, account: Option<(u32, u32)>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.folder).env_remove("PGDATA").stdin(Stdio::null());
        if let Some((uid, gid)) = account {
            command.uid(uid).gid(gid);
        }
        command
    }

    fn initialise(&self, account: Option<(u32, u32)>) {
        let mut initdb = self.command(&self.programs.join("initdb"), account);
        initdb.args(["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-D"]);
        let made = initdb.arg(self.folder.join("data")).output().expect("initdb runs");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
    }

    /// The server is the child of a thread that lives as long as this process, because the kernel ends it with the
    /// thread that started it.
    fn launch(&self, account: Option<(u32, u32)>) {
        let mut server = self.command(Path::new("setpriv"), account);
        server
            .args(["--pdeathsig", "QUIT"])
            .arg(self.programs.join("postgres"))
            .arg("-D")
            .arg(self.folder.join("data"));
        server.arg("-k").arg(&self.folder).args(["-p", "5432"]);
        for setting in [
            "listen_addresses=",
            "fsync=off",
            "full_page_writes=off",
            "synchronous_commit=off",
            "max_connections=400",
            "shared_buffers=64MB",
            "autovacuum=off",
        ] {
            server.args(["-c", setting]);
        }
        let (ready, started) = mpsc::channel();
        thread::spawn(move || {
            let mut child = server.stderr(Stdio::piped()).spawn().expect("postgres starts");
            let log = BufReader::new(child.stderr.take().expect("a piped log"));
            for line in log.lines().map_while(Result::ok) {
                if line.contains("ready to accept connections") {
                    let _ = ready.send(()); // after the first time nobody listens
                }
            }
            let _ = child.wait(); // it has closed its log: it is ending
        });
        started.recv().expect("postgres accepts connections");
    }
}

/// As root the server must run as somebody else.
fn account() -> Option<(u32, u32)> {
    let id = |flag: &str, of: &[&str]| {
        let output = Command::new("id").arg(flag).args(of).output().expect("id runs");
        String::from_utf8_lossy(&output.stdout).trim().parse::<u32>().expect("a number")
    };
    (id("-u", &[]) == 0).then(|| (id("-u", &["postgres"]), id("-g", &["postgres"])))
}

/// The folder of the newest installed PostgreSQL programs.
pub(crate) fn programs() -> PathBuf {
    if let Some(folder) = std::env::var_os("VOXGATE_PG_BIN") {
        return folder.into();
    }
    let installed = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let version = |path: &PathBuf| path.file_name().and_then(|name| name.to_str()?.parse::<u32>().ok());
    let newest = installed.map(|entry| entry.path()).filter(|path| version(path).is_some()).max_by_key(version);
    newest.expect("PostgreSQL is installed: apt-get install postgresql").join("bin")
}

/// Folders of test processes that are gone.
fn remove_leftovers() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(PREFIX).and_then(|rest| rest.split('-').next()?.parse::<u32>().ok());
        if owner.is_some_and(|pid| !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs::remove_dir_all(entry.path()); // somebody else may be doing the same
        }
    }
}
