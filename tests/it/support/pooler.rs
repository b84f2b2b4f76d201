//! PgBouncer in transaction mode before this test process's cluster: few server connections, given to whoever asks.

use std::{
    fs,
    net::TcpStream,
    os::unix::{fs::PermissionsExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{app::free_address, cluster::Cluster};

/// Connections to the database for each role of a story: fewer than the server's, so that they have to be shared.
const CONNECTIONS: u32 = 5;

/// A running pooler. The kernel ends it with the test process.
pub(crate) struct PgBouncer {
    port: u16,
}

impl PgBouncer {
    /// Starts one; returns when it accepts connections.
    pub(crate) fn start(cluster: &Cluster) -> Self {
        let (folder, address) = (cluster.folder().join("pooler"), free_address());
        fs::create_dir_all(&folder).expect("a folder for the pooler");
        let account = cluster.account();
        let settings = folder.join("pgbouncer.ini");
        fs::write(folder.join("users.txt"), "\"voxgate_app\" \"\"\n\"voxgate_sequencer\" \"\"\n").expect("its users");
        fs::write(&settings, ini(cluster.folder(), &folder, address.port())).expect("its settings");
        if let Some((uid, gid)) = account {
            std::os::unix::fs::chown(&folder, Some(uid), Some(gid)).expect("the folder given to postgres");
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).expect("the folder readable");
        let mut pgbouncer = Command::new("setpriv");
        pgbouncer.args(["--pdeathsig", "QUIT", "pgbouncer", "-q"]).arg(&settings).current_dir(&folder);
        pgbouncer.env("PATH", path_with_sbin()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        if let Some((uid, gid)) = account {
            pgbouncer.uid(uid).gid(gid);
        }
        // The child of a thread that lives as long as this process, because the kernel ends it with that thread.
        thread::spawn(move || pgbouncer.spawn().expect("pgbouncer is installed: apt-get install pgbouncer").wait());
        let since = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(since.elapsed() < Duration::from_secs(10), "the pooler does not listen: {}", log(&folder));
            thread::yield_now();
        }
        Self { port: address.port() }
    }

    /// A URL for `role` and `database` through the pooler.
    pub(crate) fn url(&self, role: &str, database: &str) -> String {
        format!("postgres://{role}@127.0.0.1:{}/{database}", self.port)
    }
}

fn ini(cluster: &Path, folder: &Path, port: u16) -> String {
    let (cluster, folder) = (cluster.display(), folder.display());
    format!(
        "[databases]\n* = host={cluster} port=5432\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\n\
         unix_socket_dir =\nauth_type = trust\nauth_file = {folder}/users.txt\npool_mode = transaction\n\
         default_pool_size = {CONNECTIONS}\nmax_client_conn = 2000\nmax_db_connections = 0\nserver_idle_timeout = 5\n\
         logfile = {folder}/pgbouncer.log\npidfile = {folder}/pgbouncer.pid\n"
    )
}

/// Debian installs it where ordinary people do not look.
fn path_with_sbin() -> std::ffi::OsString {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    std::env::join_paths(all).expect("a path")
}

fn log(folder: &Path) -> String {
    fs::read_to_string(folder.join("pgbouncer.log")).unwrap_or_default()
}
