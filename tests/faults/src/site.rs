//! A real installation for one run: a private PostgreSQL with full durability, a mailbox, and two server processes, each
//! with a link of its own to the database.
//!
//! A server process is this program again with the words `node serve`: it runs the same composition root as `voxgate`.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use sqlx::{Connection, PgConnection};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use voxgate::{
    crypto::{entropy::system_world, keys::KeyFile},
    dev::{
        mailbox::Mailbox,
        postgres::{Cluster, Durability},
    },
};

use crate::{failure::Failure, proxy::Proxy};

const DATABASE: &str = "voxgate";
/// How long a node may need until it is ready.
const READY: Duration = Duration::from_secs(30);
/// The preloaded library that shifts a process's clock (Debian: libfaketime).
const CLOCK: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// One server process and its link to the database.
pub struct Node {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its link to the database.
    pub link: Proxy,
    /// Only while it runs.
    process: Option<Child>,
    /// Read by its clock, if that can be shifted.
    clock: PathBuf,
}

/// Everything. Ends with its owner.
pub struct Site {
    program: PathBuf,
    /// Only while it runs.
    cluster: Option<Cluster>,
    folder: tempfile::TempDir,
    clocks: bool,
    /// Receives the mail.
    pub mailbox: Mailbox,
    /// The server processes.
    pub nodes: Vec<Node>,
}

impl Site {
    /// Makes everything anew; `program` is `voxgate-faults` itself. With `clocks` the wall clocks of nodes can be shifted.
    ///
    /// # Errors
    /// What could not be had.
    pub async fn make(program: &Path, nodes: usize, clocks: bool) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("voxgate-faults-").tempdir()?;
        let cluster = start_cluster(folder.path().join("data")).await?;
        cluster.ensure_database(DATABASE)?;
        voxgate_migration::migrate(&cluster.url("postgres", DATABASE)).await?;
        KeyFile::generate(&system_world()).save(&folder.path().join("keys.json"))?;
        let mailbox = Mailbox::start(system_world())?;
        let socket = cluster.socket_dir().join(".s.PGSQL.5432");
        let (program, cluster) = (program.into(), Some(cluster));
        let mut site = Self { program, cluster, folder, clocks, mailbox, nodes: Vec::new() };
        for number in 0..nodes {
            let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
            let (link, clock) =
                (Proxy::start(socket.clone()).await?, site.folder.path().join(format!("clock{number}")));
            std::fs::write(&clock, "+0\n")?;
            site.nodes.push(Node { address, link, process: None, clock });
            site.start(number).await?;
        }
        Ok(site)
    }

    /// Starts a node that does not run, on its old address, and waits until it is ready.
    ///
    /// # Errors
    /// It did not become ready.
    pub async fn start(&mut self, number: usize) -> Result<(), Failure> {
        let log = File::options().create(true).append(true).open(self.log(number))?;
        let mut command = self.command(number);
        command.arg("serve").stdout(Stdio::piped()).stderr(log);
        let mut process = command.spawn()?;
        let mut said = BufReader::new(process.stdout.take().ok_or_else(|| Failure("no output".into()))?).lines();
        let ready = async {
            while let Ok(Some(line)) = said.next_line().await {
                if line.contains("ready at") {
                    return true;
                }
            }
            false
        };
        let ready = tokio::time::timeout(READY, ready).await.unwrap_or(false);
        self.nodes[number].process = Some(process);
        if ready {
            Ok(())
        } else {
            Err(Failure(format!("node {number} did not become ready: {}", self.last_words(number))))
        }
    }

    /// `voxgate audit verify` over every company.
    ///
    /// # Errors
    /// What it said against a chain.
    pub async fn verify_chains(&self) -> Result<(), Failure> {
        let done = self.command(0).args(["audit", "verify"]).output().await?;
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        if done.status.success() { Ok(()) } else { Err(Failure(said)) }
    }

    fn command(&self, number: usize) -> Command {
        let node = &self.nodes[number];
        let mut command = Command::new(&self.program);
        command.arg("node").env_clear().stdin(Stdio::null()).kill_on_drop(true);
        command.env("VOXGATE__METRICS__LISTEN", "");
        for bucket in ["CREDENTIALS", "MFA", "REFRESH", "GENERAL", "PUBLIC", "ACCOUNT", "COMPANY"] {
            command.env(format!("VOXGATE__LIMITS__{bucket}_PER_SECOND"), "1000000");
            command.env(format!("VOXGATE__LIMITS__{bucket}_BURST"), "1000000");
        }
        let url = |role: &str| format!("postgres://{role}@{}/{DATABASE}?sslmode=disable", node.link.address());
        let settings = [
            ("SERVER__LISTEN", node.address.to_string()),
            ("SERVER__BASE_URL", format!("http://{}", node.address)),
            ("TOKENS__ISSUER", "https://faults.example".into()),
            ("DATABASE__APP_URL", url("voxgate_app")),
            ("DATABASE__SEQUENCER_URL", url("voxgate_sequencer")),
            ("DATABASE__OWNER_URL", url("postgres")),
            ("DATABASE__CONNECTIONS", "12".into()),
            // Cheap hashes: what is tested is not how long argon2 takes.
            ("PASSWORD__MEMORY_KIB", "64".into()),
            ("PASSWORD__ITERATIONS", "1".into()),
            ("MAIL__SMTP_URL", format!("smtp://{}", self.mailbox.address())),
            ("KEYS__FILE", self.folder.path().join("keys.json").display().to_string()),
        ];
        command.envs(settings.map(|(name, value)| (format!("VOXGATE__{name}"), value)));
        if self.clocks && Self::has_clocks() {
            command.env("LD_PRELOAD", CLOCK).env("FAKETIME_TIMESTAMP_FILE", &node.clock);
            command
                .env("FAKETIME_NO_CACHE", "1")
                .env("DONT_FAKE_MONOTONIC", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }

    /// Whether clocks of nodes can be shifted here.
    pub fn has_clocks() -> bool {
        Path::new(CLOCK).exists()
    }

    /// Shifts the wall clock of a node by so many seconds.
    ///
    /// # Errors
    /// The file could not be written.
    pub fn shift_clock(&self, node: usize, seconds: i64) -> Result<(), Failure> {
        Ok(std::fs::write(&self.nodes[node].clock, format!("{seconds:+}\n"))?)
    }

    /// The process of a node, while it runs.
    pub fn process(&self, node: usize) -> Vec<u32> {
        self.nodes[node].process.as_ref().and_then(Child::id).into_iter().collect()
    }

    /// Ends a node as a power cut would.
    pub async fn kill(&mut self, node: usize) {
        if let Some(mut process) = self.nodes[node].process.take() {
            // It may have ended by itself.
            let _ = process.kill().await;
        }
    }

    /// The postmaster and its children.
    pub fn database_processes(&self) -> Vec<u32> {
        self.cluster.as_ref().map(|cluster| crate::signals::family(cluster.pid())).unwrap_or_default()
    }

    /// Starts PostgreSQL again on the same data, whatever became of it.
    ///
    /// # Errors
    /// It does not come up again.
    pub async fn restart_database(&mut self) -> Result<(), Failure> {
        self.cluster = None;
        self.cluster = Some(start_cluster(self.folder.path().join("data")).await?);
        Ok(())
    }

    /// A connection as the superuser, around every link.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn root(&self) -> Result<PgConnection, Failure> {
        let cluster = self.cluster.as_ref().ok_or_else(|| Failure("the database is down".into()))?;
        Ok(PgConnection::connect(&cluster.url("postgres", DATABASE)).await?)
    }

    fn log(&self, node: usize) -> PathBuf {
        self.folder.path().join(format!("node{node}.log"))
    }

    /// Everything a node wrote to its log so far.
    pub fn said(&self, node: usize) -> String {
        std::fs::read_to_string(self.log(node)).unwrap_or_default()
    }

    fn last_words(&self, node: usize) -> String {
        let said = self.said(node);
        let lines: Vec<&str> = said.lines().rev().take(5).collect();
        lines.join("\n")
    }
}

/// Starting blocks, and the thread it is started from must not be one that goes on with other work.
async fn start_cluster(data: PathBuf) -> Result<Cluster, Failure> {
    Ok(tokio::task::spawn_blocking(move || Cluster::start(&data, Durability::Safe)).await??)
}
