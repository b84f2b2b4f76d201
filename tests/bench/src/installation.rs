//! A real installation for one run: private PostgreSQL with full durability, keys, and server processes.
//!
//! A server process is this program again with the words `node serve`: it runs the same composition root as the
//! `voxgate` program, so that one build is enough.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
};

use voxgate::{
    crypto::{entropy::system_world, keys::KeyFile},
    dev::postgres::{Cluster, Durability},
};

use crate::failure::Failure;

const DATABASE: &str = "voxgate";

/// Database and keys.
#[derive(Debug)]
pub struct Installation {
    cluster: Cluster,
    folder: tempfile::TempDir,
    keys: KeyFile,
}

/// A server process. Ends with its owner.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    process: Child,
}

impl Installation {
    /// Makes everything anew. Blocks for a few seconds.
    pub fn make() -> Result<Self, Failure> {
        let folder = tempfile::Builder::new().prefix("voxgate-bench-").tempdir();
        let folder = folder.map_err(Failure::system("a folder for the run"))?;
        let cluster = Cluster::start(&folder.path().join("data"), Durability::Safe)?;
        cluster.ensure_database(DATABASE)?;
        let keys = KeyFile::generate(&system_world());
        keys.save(&folder.path().join("keys.json")).map_err(|error| Failure::Other(error.to_string()))?;
        Ok(Self { cluster, folder, keys })
    }

    /// Makes the tables, as the owner.
    pub async fn migrate(&self) -> Result<(), Failure> {
        let migrated = voxgate_migration::migrate(&self.owner_url()).await;
        migrated.map_err(|error| Failure::Other(error.to_string()))
    }

    /// The database as its owner sees it.
    pub fn owner_url(&self) -> String {
        self.cluster.url("postgres", DATABASE)
    }

    /// The keys of its tokens.
    pub fn keys(&self) -> &KeyFile {
        &self.keys
    }

    /// The folder of the run; goes away with it.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// The version of its PostgreSQL.
    pub fn postgres(&self) -> Result<String, Failure> {
        Ok(self.cluster.psql("postgres", "SHOW server_version")?)
    }

    /// Starts a server with everything as it is by default, but for limits that one address of clients would reach and
    /// what `settings` say.
    pub fn serve(&self, settings: &[(&str, &str)]) -> Result<Server, Failure> {
        let address = free_address()?;
        let mut command = own_program()?;
        command.args(["node", "serve"]);
        for bucket in ["CREDENTIALS", "MFA", "REFRESH", "GENERAL", "PUBLIC", "ACCOUNT", "COMPANY"] {
            command.env(format!("VOXGATE__LIMITS__{bucket}_PER_SECOND"), "1000000");
            command.env(format!("VOXGATE__LIMITS__{bucket}_BURST"), "1000000");
        }
        command.envs(settings.iter().copied());
        command
            .env("VOXGATE__METRICS__LISTEN", "")
            .env("VOXGATE__SERVER__LISTEN", address.to_string())
            .env("VOXGATE__SERVER__BASE_URL", format!("http://{address}"))
            .env("VOXGATE__TOKENS__ISSUER", crate::ISSUER)
            .env("VOXGATE__DATABASE__APP_URL", self.cluster.url("voxgate_app", DATABASE))
            .env("VOXGATE__DATABASE__SEQUENCER_URL", self.cluster.url("voxgate_sequencer", DATABASE))
            .env("VOXGATE__KEYS__FILE", self.folder.path().join("keys.json"));
        let log = File::create(self.folder.path().join(format!("{}.log", address.port())));
        command.stderr(log.map_err(Failure::system("a log file"))?);
        Server::start(command, address)
    }
}

/// This program again, with nothing of its environment.
fn own_program() -> Result<Command, Failure> {
    let program = std::env::current_exe().map_err(Failure::system("finding this program"))?;
    let mut command = Command::new(program);
    command.env_clear();
    Ok(command)
}

/// The bare handler in a process of its own, answering `head` and `body`.
pub fn bare(answer: &std::path::Path) -> Result<Server, Failure> {
    let address = free_address()?;
    let mut command = own_program()?;
    command.arg("bare").arg(address.to_string()).arg(answer).stderr(Stdio::inherit());
    Server::start(command, address)
}

impl Server {
    /// Its memory in KiB, as the system counts it.
    pub fn memory_kib(&self) -> Result<f64, Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()));
        let status = status.map_err(Failure::system("the memory of a server"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
        number.ok_or_else(|| Failure::Other("a server has no memory".into()))
    }

    /// Starts a process and waits until it says that it is ready.
    fn start(mut command: Command, address: SocketAddr) -> Result<Self, Failure> {
        let mut process =
            command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().map_err(Failure::system("a server"))?;
        let said = process.stdout.take().map(BufReader::new);
        let server = Self { address, process };
        let mut lines = said.into_iter().flat_map(|said| said.lines().map_while(Result::ok));
        match lines.any(|line| line.contains("ready")) {
            true => Ok(server),
            false => Err(Failure::Other("a server did not become ready".into())),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_address() -> Result<SocketAddr, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    listener.map_err(Failure::system("a free port"))
}
