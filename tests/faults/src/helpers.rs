//! Programs beside PostgreSQL that an installation may stand on: NATS and `PgBouncer`. Each can be killed and started again in
//! its place.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::{MetadataExt, chown},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use tokio::{
    net::{TcpStream, UnixStream},
    process::{Child, Command},
    time::sleep,
};

use crate::failure::Failure;

/// Until it listens.
const READY: Duration = Duration::from_secs(10);
/// Connections of the pooler to PostgreSQL for each role: fewer than the nodes would open, so that they are shared.
const POOL: u32 = 12;

/// A NATS server.
pub struct Nats {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
}

impl Nats {
    /// Starts one on a free port.
    ///
    /// # Errors
    /// It is not installed, or does not listen.
    pub async fn start() -> Result<Self, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let nats = Self { address, process: Self::launch(address)? };
        nats.listens().await?;
        Ok(nats)
    }

    /// Ends it as a power cut would.
    pub async fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill().await;
    }

    /// Starts it again at the same address.
    ///
    /// # Errors
    /// It does not listen.
    pub async fn comes_back(&mut self) -> Result<(), Failure> {
        self.process = Self::launch(self.address)?;
        self.listens().await
    }

    /// Its process, while it runs.
    pub fn process(&self) -> Vec<u32> {
        self.process.id().into_iter().collect()
    }

    fn launch(address: SocketAddr) -> Result<Child, Failure> {
        start(program("nats-server").args(["-a", "127.0.0.1", "-p", &address.port().to_string()]), "nats-server")
    }

    async fn listens(&self) -> Result<(), Failure> {
        until_ready("nats-server", async || TcpStream::connect(self.address).await.is_ok()).await
    }
}

/// `PgBouncer` in transaction mode, on a Unix socket.
pub struct Pooler {
    folder: PathBuf,
    process: Child,
}

impl Pooler {
    /// Starts one before the PostgreSQL with this socket; its own things are in `folder`.
    ///
    /// # Errors
    /// It is not installed, or does not listen.
    pub async fn start(folder: PathBuf, database: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(&folder)?;
        let text = |path: &Path| path.display().to_string();
        let users = ["voxgate_app", "voxgate_sequencer"].map(|role| format!("\"{role}\" \"\"\n")).concat();
        fs::write(folder.join("users.txt"), users)?;
        let (database, place) = (text(database), text(&folder));
        let settings = format!(
            "[databases]\n* = host={database} port=5432\n[pgbouncer]\nlisten_addr =\nlisten_port = 6432\n\
             unix_socket_dir = {place}\nauth_type = trust\nauth_file = {place}/users.txt\npool_mode = transaction\n\
             default_pool_size = {POOL}\nmax_client_conn = 2000\nserver_login_retry = 1\n\
             logfile = {place}/pgbouncer.log\npidfile = {place}/pgbouncer.pid\n"
        );
        fs::write(folder.join("pgbouncer.ini"), settings)?;
        let owner = fs::metadata(&database)?;
        chown(&folder, Some(owner.uid()), Some(owner.gid()))?;
        let pooler = Self { process: Self::launch(&folder)?, folder };
        pooler.listens().await?;
        Ok(pooler)
    }

    /// Its socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(".s.PGSQL.6432")
    }

    /// Ends it as a power cut would.
    pub async fn kill(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill().await;
    }

    /// Starts it again.
    ///
    /// # Errors
    /// It does not listen.
    pub async fn comes_back(&mut self) -> Result<(), Failure> {
        // A socket and a number of a process that was killed are in its way.
        let _ = fs::remove_file(self.socket());
        let _ = fs::remove_file(self.folder.join("pgbouncer.pid"));
        self.process = Self::launch(&self.folder)?;
        self.listens().await
    }

    fn launch(folder: &Path) -> Result<Child, Failure> {
        let owner = fs::metadata(folder)?;
        let mut command = program("pgbouncer");
        command.arg("-q").arg(folder.join("pgbouncer.ini")).current_dir(folder);
        if rustix::process::geteuid().is_root() {
            // It does not run as root.
            command.uid(owner.uid()).gid(owner.gid());
        }
        start(&mut command, "pgbouncer")
    }

    async fn listens(&self) -> Result<(), Failure> {
        until_ready("pgbouncer", async || UnixStream::connect(self.socket()).await.is_ok()).await
    }
}

/// Debian installs them where ordinary people do not look.
fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("PATH", std::env::var("PATH").unwrap_or_default() + ":/usr/sbin");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    command
}

fn start(command: &mut Command, name: &str) -> Result<Child, Failure> {
    command.spawn().map_err(|error| Failure(format!("{name}: {error}; apt-get install {name}")))
}

async fn until_ready(name: &str, ready: impl AsyncFn() -> bool) -> Result<(), Failure> {
    let since = Instant::now();
    while !ready().await {
        if since.elapsed() > READY {
            return Err(Failure(format!("{name} does not listen")));
        }
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}
