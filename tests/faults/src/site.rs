//! A real installation for one run: a private PostgreSQL with full durability, a mailbox, and server processes, each
//! with links of its own to the database and to the bus.
//!
//! A server process is this program again with the words `node serve`: it runs the same composition root as `voxgate`.

use std::{
    fs::{File, Permissions},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use sqlx::{Connection, PgConnection};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};
use voxgate::{
    crypto::{entropy::system_world, keys::KeyFile},
    dev::{
        mailbox::Mailbox,
        postgres::{Cluster, Durability},
    },
};

use crate::{
    disk::Disk,
    failure::Failure,
    helpers::{Nats, Pooler},
    node::Node,
    plan::{Bus, Plan},
};

const DATABASE: &str = "voxgate";
/// How long a node may need until it is ready.
const READY: Duration = Duration::from_secs(30);
/// The preloaded library that shifts a process's clock (Debian: libfaketime).
pub(crate) const CLOCK: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

/// Everything. Ends with its owner.
pub struct Site {
    pub(crate) program: PathBuf,
    pub(crate) plan: Plan,
    /// The server processes.
    pub nodes: Vec<Node>,
    /// The bus, if it is a program.
    pub nats: Option<Nats>,
    /// What stands before PostgreSQL, if anything does.
    pub pooler: Option<Pooler>,
    /// Only while it runs.
    cluster: Option<Cluster>,
    /// What PostgreSQL's data is on, if that is small.
    pub disk: Option<Disk>,
    pub(crate) folder: tempfile::TempDir,
    /// The database that is looked into; the nodes serve `DATABASE`.
    pub looks_at: String,
    /// Receives the mail.
    pub mailbox: Mailbox,
}

impl Site {
    /// Makes everything anew; `program` is `voxgate-faults` itself.
    ///
    /// # Errors
    /// What could not be had.
    pub async fn make(program: &Path, plan: Plan) -> Result<Self, Failure> {
        // PostgreSQL may run as another account than ours: it must be able to walk through.
        let passable = Permissions::from_mode(0o711);
        let folder = tempfile::Builder::new().prefix("voxgate-faults-").permissions(passable).tempdir()?;
        let data = folder.path().join("data");
        let disk = if plan.small_disk { Some(Disk::mount(&data)?) } else { None };
        let cluster = start_cluster(data).await?;
        cluster.ensure_database(DATABASE)?;
        voxgate_migration::migrate(&cluster.url("postgres", DATABASE)).await?;
        KeyFile::generate(&system_world()).save(&folder.path().join("keys.json"))?;
        let mailbox = Mailbox::start(system_world())?;
        let nats = if plan.bus == Bus::Nats { Some(Nats::start().await?) } else { None };
        let pooler = folder.path().join("pooler");
        let pooler = if plan.pooler { Some(Pooler::start(pooler, cluster.socket_dir()).await?) } else { None };
        let (program, cluster, looks_at) = (program.into(), Some(cluster), DATABASE.to_owned());
        let mut site =
            Self { program, plan, nodes: Vec::new(), nats, pooler, cluster, disk, folder, looks_at, mailbox };
        for number in 0..usize::from(plan.nodes) {
            let node = site.node(number).await?;
            site.nodes.push(node);
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
        Ok(PgConnection::connect(&self.cluster()?.url("postgres", &self.looks_at)).await?)
    }

    /// Looks into a fresh copy of what the nodes serve from now on. They must have ended: nobody may use what is copied.
    ///
    /// # Errors
    /// The copy could not be made.
    pub async fn copy(&mut self, name: &str) -> Result<(), Failure> {
        let cluster = self.cluster()?;
        cluster.psql("postgres", &format!("CREATE DATABASE {name} TEMPLATE {DATABASE} STRATEGY file_copy"))?;
        // Rights on a database are not copied; migrating again sets them.
        voxgate_migration::migrate(&cluster.url("postgres", name)).await?;
        self.looks_at = name.into();
        Ok(())
    }

    pub(crate) fn cluster(&self) -> Result<&Cluster, Failure> {
        self.cluster.as_ref().ok_or_else(|| Failure("the database is down".into()))
    }

    /// The lines of the nodes' logs that tell of a defect.
    pub fn defects(&self) -> Vec<String> {
        let all = (0..self.nodes.len()).map(|node| self.said(node)).collect::<Vec<_>>().join("\n");
        all.lines()
            .filter(|line| line.contains("\"level\":\"ERROR\"") || line.contains("panicked at"))
            .map(str::to_owned)
            .collect()
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
