//! The real server: the built program, on a database of its own, with a mailbox that speaks SMTP.

use std::{
    collections::BTreeMap,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    sync::Notify,
};
use voxgate::dev::mailbox::Mailbox;

use super::{
    db::TestDb,
    person::{Admin, Person, Stranger},
    secrets,
};

/// Nothing in a test takes longer; whoever waits, waits at most this long.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

/// More requests than any story makes.
const PLENTY: &str = "1000000";

/// One installation: database, keys, mailbox, and the nodes that serve it. Ends with its story.
pub(crate) struct App {
    pub db: TestDb,
    pub mailbox: Mailbox,
    settings: BTreeMap<String, String>,
    keys: tempfile::TempDir,
    nodes: Vec<Node>,
    /// Where the serving roles find the database; through a pooler or not.
    urls: [String; 2],
    /// Parts of ERROR lines this story brings about on purpose.
    expected_errors: Vec<String>,
}

/// One running server process.
pub(crate) struct Node {
    pub address: SocketAddr,
    process: Child,
    log: Arc<Mutex<Vec<String>>>,
    /// Told of every line.
    lines: Arc<Notify>,
}

impl App {
    /// A fresh installation with one node.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The same with settings, such as `("tokens.access_seconds", "5")`.
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let mut app = Self::installed(settings).await;
        app.add_node().await;
        app
    }

    /// A migrated database, keys and a mailbox; no node yet.
    pub async fn installed(settings: &[(&str, &str)]) -> Self {
        let db = TestDb::fresh().await;
        let mailbox = Mailbox::start(voxgate::crypto::entropy::system_world()).unwrap();
        let keys = tempfile::tempdir().unwrap();
        let mut generate = std::process::Command::new(PROGRAM);
        let made = generate.args(["keys", "generate", "--out"]).arg(keys.path().join("keys.json")).output().unwrap();
        assert!(made.status.success(), "no keys: {made:?}");
        let usual = [
            // Cheap hashes: what is tested is who may pass, not how long argon2 takes.
            ("password.memory_kib", "64"),
            ("password.iterations", "1"),
            // The hashing threads give way to everything else on this machine, compilers included.
            ("password.deadline_seconds", "60"),
            ("database.connections", "8"),
            // Nodes of many stories share this machine, whose one default port they cannot share.
            ("metrics.listen", ""),
            // Two nodes of one installation issue the same tokens, whatever address each listens on.
            ("tokens.issuer", "https://stories.example"),
            // A story is one client address; how many requests it may make is a story of its own.
            ("limits.credentials_per_second", PLENTY),
            ("limits.credentials_burst", PLENTY),
            ("limits.mfa_per_second", PLENTY),
            ("limits.mfa_burst", PLENTY),
            ("limits.refresh_per_second", PLENTY),
            ("limits.refresh_burst", PLENTY),
            ("limits.general_per_second", PLENTY),
            ("limits.general_burst", PLENTY),
            ("limits.public_per_second", PLENTY),
            ("limits.public_burst", PLENTY),
            ("limits.service_per_second", PLENTY),
            ("limits.service_burst", PLENTY),
        ];
        let all = usual.iter().chain(settings).map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let mut all: BTreeMap<String, String> = all.collect();
        all.insert("mail.smtp_url".into(), format!("smtp://{}", mailbox.address()));
        let urls = [db.app_url(), db.sequencer_url()];
        let app = Self { db, mailbox, settings: all, keys, nodes: Vec::new(), urls, expected_errors: Vec::new() };
        if std::env::var_os(ALL_POOLED).is_some_and(|value| value == "1") { app.pooled().await } else { app }
    }

    /// The same behind PgBouncer in transaction mode. With VOXGATE_STORIES_POOLED=1 every story is told so.
    pub async fn pooled(mut self) -> Self {
        self.urls = [self.db.pooled_url("voxgate_app").await, self.db.pooled_url("voxgate_sequencer").await];
        self.settings.insert("database.pooler".into(), "transaction".into());
        self.settings.insert("database.direct_url".into(), self.db.sequencer_url());
        self
    }

    /// Sets something for what is started from now on.
    pub fn set(&mut self, key: &str, value: &str) {
        self.settings.insert(key.to_owned(), value.to_owned());
    }

    /// Starts one more node of this installation and waits until it is ready.
    pub async fn add_node(&mut self) -> usize {
        let address = free_address();
        let mut process = self.command("serve");
        process.env("VOXGATE__SERVER__LISTEN", address.to_string());
        process.env("VOXGATE__SERVER__BASE_URL", format!("http://{address}"));
        let mut process = process.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let log = Arc::new(Mutex::new(Vec::new()));
        let mut errors = BufReader::new(process.stderr.take().unwrap()).lines();
        let lines = Arc::new(Notify::new());
        let (sink, bell) = (Arc::clone(&log), Arc::clone(&lines));
        tokio::spawn(async move {
            while let Ok(Some(line)) = errors.next_line().await {
                sink.lock().unwrap().push(line);
                bell.notify_waiters();
            }
        });
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let ready = tokio::time::timeout(DEADLINE, async {
            while let Some(line) = said.next_line().await.unwrap() {
                if line.contains("ready at") {
                    return true;
                }
            }
            false
        });
        let ready = ready.await.unwrap_or(false);
        assert!(ready, "the server did not become ready:\n{}", log.lock().unwrap().join("\n"));
        self.nodes.push(Node { address, process, log, lines });
        self.nodes.len() - 1
    }

    /// The program with this installation's settings.
    pub fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg(subcommand).env_clear();
        for (key, value) in &self.settings {
            command.env(variable(key), value);
        }
        command
            .env(variable("database.app_url"), &self.urls[0])
            .env(variable("database.sequencer_url"), &self.urls[1])
            .env(variable("database.owner_url"), self.db.owner_url())
            .env(variable("keys.file"), self.keys_file());
        command
    }

    /// Runs the program with this installation's settings to its end; whether it was content, and all it said.
    pub async fn runs(&self, line: &[&str]) -> (bool, String) {
        let done = self.command(line[0]).args(&line[1..]).stdin(Stdio::null()).output().await.unwrap();
        (done.status.success(), String::from_utf8([done.stdout, done.stderr].concat()).unwrap())
    }

    /// Where this installation's keys are.
    pub fn keys_file(&self) -> PathBuf {
        self.keys.path().join("keys.json")
    }

    /// How many nodes were started so far, the ended ones included.
    pub fn nodes(&self) -> usize {
        self.nodes.len()
    }

    /// The base address of a node.
    pub fn base(&self, node: usize) -> String {
        format!("http://{}", self.nodes[node].address)
    }

    /// Ends a node as a power cut would.
    pub async fn kill(&mut self, node: usize) {
        self.nodes[node].process.kill().await.unwrap();
    }

    /// Asks a node to stop (SIGTERM) and waits until it has.
    pub async fn stop(&mut self, node: usize) -> std::process::ExitStatus {
        self.asks_to_stop(node);
        self.ended(node).await
    }

    /// Asks a node to stop (SIGTERM), and goes on.
    pub fn asks_to_stop(&self, node: usize) {
        self.signals(node, rustix::process::Signal::TERM);
    }

    /// Sends a node's process a signal.
    pub fn signals(&self, node: usize, signal: rustix::process::Signal) {
        let id = rustix::process::Pid::from_raw(self.nodes[node].process.id().unwrap().cast_signed()).unwrap();
        rustix::process::kill_process(id, signal).unwrap();
    }

    /// Waits until a node that was asked to stop has.
    pub async fn ended(&mut self, node: usize) -> std::process::ExitStatus {
        let process = &mut self.nodes[node].process;
        tokio::time::timeout(DEADLINE, process.wait()).await.expect("the node stops").unwrap()
    }

    /// What a node has logged so far.
    pub fn log(&self, node: usize) -> Vec<String> {
        self.nodes[node].log.lock().unwrap().clone()
    }

    /// Waits until a node has logged a line with this text in it.
    pub async fn logged(&self, node: usize, text: &str) -> String {
        let node = &self.nodes[node];
        let found = async {
            loop {
                let next = node.lines.notified();
                let line = node.log.lock().unwrap().iter().find(|line| line.contains(text)).cloned();
                match line {
                    Some(line) => return line,
                    None => next.await,
                }
            }
        };
        tokio::time::timeout(DEADLINE, found).await.unwrap_or_else(|_| panic!("nothing logged about {text}"))
    }

    /// Lets a node log an ERROR line with this text in it; any other fails the story when it ends.
    pub fn expect_error(&mut self, text: &str) {
        self.expected_errors.push(text.to_owned());
    }

    /// Time passes for somebody's authenticator: no code was shown or spent. Answers the code of this moment.
    pub async fn fresh_code(&self, person: &mut Person) -> String {
        self.db.execute(&format!("UPDATE factors SET last_step = 0 WHERE user_id = '{}'", person.id)).await;
        person.authenticator.as_mut().expect("an authenticator").present_code()
    }

    /// Nobody of the installation has proved lately who they are.
    pub async fn proofs_grow_old(&self) {
        self.db.execute("UPDATE sessions SET auth_time = auth_time - interval '6 minutes'").await;
    }

    /// Waits until every event recorded so far is in the audit log; answers the number of the last of this company's.
    pub async fn settled(&self, reader: &Person) -> i64 {
        let mut all = self.db.connect("postgres").await;
        let emptied = tokio::time::timeout(DEADLINE, async {
            let waiting = "SELECT count(*) FROM outbox";
            while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut all).await.unwrap() > 0 {
                tokio::task::yield_now().await;
            }
        });
        emptied.await.expect("the outbox empties");
        reader.gets("/api/audit-logs?limit=1").await.expect(200).at("/items/0/seq").as_i64().unwrap()
    }

    /// Somebody who has no account yet, in front of the first node.
    pub fn stranger(&self) -> Stranger {
        Stranger::at(self.base(0))
    }

    /// Somebody whom `admin` invited and who joined, signed in.
    pub async fn colleague_of(&self, admin: &Admin, name: &str, role: &str) -> Person {
        admin.brings_in(self, name, role).await
    }

    /// A registered company's first Admin, signed in.
    pub async fn admin_of(&self, company: &str) -> Admin {
        self.stranger().registers(company).await
    }
}

impl Drop for App {
    /// A story whose server logged an error it did not expect, or left a secret in a log or a table, has failed,
    /// whatever it asserted.
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let lines: Vec<String> = self.nodes.iter().flat_map(|node| node.log.lock().unwrap().clone()).collect();
        let told = lines.iter().find(|line| secrets::stands_in(line));
        assert!(told.is_none(), "a secret in the log: {told:?}");
        let errors = lines.iter().filter(|line| line.contains("\"level\":\"ERROR\"") || line.contains("panicked at"));
        let expected = |line: &String| self.expected_errors.iter().any(|text| line.contains(text));
        let surprises: Vec<&String> = errors.filter(|line| !expected(line)).collect();
        assert!(surprises.is_empty(), "the server logged errors:\n{surprises:#?}");
        let kept = secrets::row_in(&self.db.url("postgres"));
        assert!(kept.is_none(), "a secret in the database: {kept:?}");
    }
}

/// Set to 1, it puts PgBouncer before the database of every story.
const ALL_POOLED: &str = "VOXGATE_STORIES_POOLED";

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_voxgate");

pub(crate) fn variable(key: &str) -> String {
    format!("VOXGATE__{}", key.to_uppercase().replace('.', "__"))
}

/// A port nobody listens on, from below the range the system takes ports of outgoing connections from; else one of the
/// many connections of the stories would have it before the server does.
pub(crate) fn free_address() -> SocketAddr {
    const RANGE: std::ops::Range<u32> = 10_000..32_000;
    static NEXT: AtomicU32 = AtomicU32::new(0);
    loop {
        // Test processes side by side begin far from each other.
        let turn = std::process::id().wrapping_mul(997).wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed));
        let port = RANGE.start + turn % (RANGE.end - RANGE.start);
        let address = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}
