//! A server process: its links, and the settings it is started with.

use std::{
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::Stdio,
};

use tokio::process::{Child, Command};

use crate::{
    failure::Failure,
    helpers::Pooler,
    messages::Speech,
    plan::Bus,
    proxy::{Behind, Link, Proxy},
    site::{CLOCK, Site},
};

/// One server process and its links.
pub struct Node {
    /// Where it listens.
    pub address: SocketAddr,
    /// Its link to the database or to the pooler before it.
    pub link: Proxy,
    /// Its link to PostgreSQL itself: for notifications, if they are the bus, and for the owner.
    pub direct: Proxy,
    /// Its link to NATS.
    pub nats: Option<Proxy>,
    /// Only while it runs.
    pub(crate) process: Option<Child>,
    /// Read by its clock, if that can be shifted.
    pub(crate) clock: PathBuf,
}

impl Node {
    /// Both ways to the database behave like this from now on.
    pub fn set(&self, link: Link) {
        self.link.set(link);
        self.direct.set(link);
    }

    /// Cuts both ways to the database.
    pub fn cut(&self) {
        self.link.cut();
        self.direct.cut();
    }

    /// The link on which it hears the others.
    pub fn bus(&self) -> &Proxy {
        self.nats.as_ref().unwrap_or(&self.direct)
    }
}

impl Site {
    /// A node that does not run yet, with its links.
    pub(crate) async fn node(&self, number: usize) -> Result<Node, Failure> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let clock = self.folder.path().join(format!("clock{number}"));
        std::fs::write(&clock, "+0\n")?;
        let postgres = self.cluster()?.socket_dir().join(".s.PGSQL.5432");
        let front = self.pooler.as_ref().map_or_else(|| postgres.clone(), Pooler::socket);
        let link = Proxy::start(Behind::Socket(front), Speech::Postgres).await?;
        let direct = Proxy::start(Behind::Socket(postgres), Speech::Postgres).await?;
        let nats = match &self.nats {
            Some(nats) => Some(Proxy::start(Behind::Port(nats.address), Speech::Nats).await?),
            None => None,
        };
        Ok(Node { address, link, direct, nats, process: None, clock })
    }

    /// This program as a node with its settings; it needs a word for what to do.
    pub(crate) fn command(&self, number: usize) -> Command {
        let node = &self.nodes[number];
        let mut command = Command::new(&self.program);
        command.arg("node").env_clear().stdin(Stdio::null()).kill_on_drop(true);
        command.env("VOXGATE__METRICS__LISTEN", "");
        for bucket in ["CREDENTIALS", "MFA", "REFRESH", "GENERAL", "PUBLIC", "ACCOUNT", "COMPANY"] {
            command.env(format!("VOXGATE__LIMITS__{bucket}_PER_SECOND"), "1000000");
            command.env(format!("VOXGATE__LIMITS__{bucket}_BURST"), "1000000");
        }
        let database = &self.looks_at;
        let url = |role: &str, link: &Proxy| format!("postgres://{role}@{}/{database}?sslmode=disable", link.address());
        let (kind, nats) = match (self.plan.bus, &node.nats) {
            (Bus::None, _) => ("solo", String::new()),
            (Bus::Postgres, _) => ("pair", String::new()),
            (Bus::Nats, link) => {
                ("fleet", link.as_ref().map(|link| format!("nats://{}", link.address())).unwrap_or_default())
            }
        };
        let settings = [
            ("SERVER__LISTEN", node.address.to_string()),
            ("SERVER__BASE_URL", format!("http://{}", node.address)),
            ("TOKENS__ISSUER", "https://faults.example".into()),
            ("DATABASE__APP_URL", url("voxgate_app", &node.link)),
            ("DATABASE__SEQUENCER_URL", url("voxgate_sequencer", &node.link)),
            ("DATABASE__DIRECT_URL", url("voxgate_sequencer", &node.direct)),
            ("DATABASE__OWNER_URL", url("postgres", &node.direct)),
            ("DATABASE__POOLER", if self.plan.pooler { "transaction" } else { "none" }.into()),
            ("BUS__KIND", kind.into()),
            ("BUS__NATS_URL", nats),
            ("DATABASE__CONNECTIONS", "12".into()),
            // Cheap hashes: what is tested is not how long argon2 takes.
            ("PASSWORD__MEMORY_KIB", "64".into()),
            ("PASSWORD__ITERATIONS", "1".into()),
            ("MAIL__SMTP_URL", format!("smtp://{}", self.mailbox.address())),
            ("KEYS__FILE", self.folder.path().join("keys.json").display().to_string()),
        ];
        command.envs(settings.map(|(name, value)| (format!("VOXGATE__{name}"), value)));
        if self.plan.clocks && Self::has_clocks() {
            command.env("LD_PRELOAD", CLOCK).env("FAKETIME_TIMESTAMP_FILE", &node.clock);
            command
                .env("FAKETIME_NO_CACHE", "1")
                .env("DONT_FAKE_MONOTONIC", "1")
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        }
        command
    }
}
