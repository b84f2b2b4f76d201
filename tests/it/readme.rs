//! The walks of the README and of the quick start, run as they stand against `voxgate dev`, as somebody would who has just installed it.

use std::{
    io::{BufRead, BufReader, Read},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
};

use crate::support::app::DEADLINE;

const PROGRAM: &str = env!("CARGO_BIN_EXE_voxgate");
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const ADDRESS: &str = "127.0.0.1:8000";

/// `voxgate dev` with a data directory of its own. Ends with its story.
pub(crate) struct Dev {
    pub address: String,
    process: Child,
    folder: tempfile::TempDir,
}

impl Dev {
    /// Starts it and reads what it says until it is ready.
    fn start() -> (Self, String) {
        Self::start_with(&[])
    }

    /// The same with further arguments.
    pub(crate) fn start_with(arguments: &[&str]) -> (Self, String) {
        let folder = tempfile::Builder::new().prefix("voxgate-readme-").tempdir_in("/tmp").unwrap();
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let mut command = Command::new(PROGRAM);
        command
            .args(["dev", "--listen", &address, "--data-dir"])
            .arg(folder.path().join("data"))
            .args(arguments)
            .env_clear();
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap());
        let dev = Self { address, process, folder };
        let mut text = String::new();
        while !text.contains("Stop with Ctrl-C.") {
            assert_ne!(said.read_line(&mut text).unwrap(), 0, "it ended: {text}");
        }
        (dev, text)
    }

    /// Runs a walk in an empty directory that has the repository's `docs`, and answers what it printed.
    fn walk(&self, script: &str) -> String {
        let place = self.folder.path().join("walk");
        let _ = std::fs::create_dir(&place); // the second walk finds it there
        let _ = std::os::unix::fs::symlink(Path::new(ROOT).join("docs"), place.join("docs"));
        let script = script.replace(ADDRESS, &self.address);
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &format!("{{ {script}\n}} 2>&1; wait")]).current_dir(place);
        let mut bash = bash.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let (sender, printed) = mpsc::channel();
        let mut output = bash.stdout.take().unwrap();
        thread::spawn(move || {
            let mut text = String::new();
            let read = output.read_to_string(&mut text);
            sender.send(read.map(|_| text)) // nobody listens any more once the deadline has passed
        });
        let printed = printed.recv_timeout(3 * DEADLINE).expect("the walk ends").unwrap();
        bash.wait().unwrap();
        printed
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.process.kill(); // the private PostgreSQL goes with it
        let _ = self.process.wait();
    }
}

fn document(name: &str) -> String {
    std::fs::read_to_string(Path::new(ROOT).join(name)).unwrap()
}

/// The commands between the marks of each walk.
fn walks(document: &str) -> Vec<String> {
    let walks = document.split("<!-- walk -->").skip(1).map(|part| part.split_once("<!-- /walk -->").unwrap().0);
    walks.map(|walk| blocks(walk, "```bash\n").concat()).collect()
}

fn blocks<'t>(text: &'t str, fence: &str) -> Vec<&'t str> {
    text.split(fence).skip(1).map(|part| part.split_once("```").unwrap().0).collect()
}

#[test]
fn a_stranger_walks_through_the_readme_line_by_line() {
    let readme = document("README.md");
    let (walks, welcome) = (walks(&readme), blocks(&readme, "```text\n"));
    let (dev, said) = Dev::start();
    assert_eq!(said, welcome[0].replace(ADDRESS, &dev.address), "what `voxgate dev` prints");

    let printed = dev.walk(&walks[0]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.len(), 15, "{printed}");
    assert_eq!(lines[0], r#"{"role":"admin","mfa_enabled":false}"#, "{printed}");
    let (codes, rest) = lines[1..].split_at(8);
    assert!(codes.iter().all(|code| code.len() == 11 && code.as_bytes()[5] == b'-'), "{printed}");
    let expected = [
        "session_revoked",
        r#"{"status":"mfa_required","methods":["totp","backup_code"]}"#,
        "authenticated",
        "invalid_code",
        "authenticated",
        "invalid_code",
    ];
    assert_eq!(rest, expected, "{printed}");

    let printed = dev.walk(&walks[1]);
    let has = |what: &str| assert!(printed.lines().any(|line| line.starts_with(what)), "no {what}: {printed}");
    has("user hello");
    has("user session.revoked");
    has("user closed 4401");
    has(r#"{"sessions_revoked":1,"sockets_closed":1}"#);
    has("session_revoked");
    let desk = printed.lines().find_map(|line| line.strip_prefix("desk session.revoked ")).expect("the desk shows it");
    let number = desk.split(' ').next().unwrap();
    has(&format!(r#"{{"seq":{number},"kind":"session.revoked""#));
}

#[test]
fn a_stranger_walks_through_the_quick_start() {
    let walks = walks(&document("docs/quick-start.md"));
    let (dev, _) = Dev::start();
    let printed = dev.walk(&walks[0]);
    assert!(printed.contains(r#""email": "admin@techcorp.com""#), "{printed}");
    assert!(printed.contains("invites you to join TechCorp"), "{printed}");
    assert!(printed.contains(r#""full_name": "New Person""#), "{printed}");
    assert!(printed.lines().any(|line| line.contains(r#""kind":"user.joined""#)), "{printed}");
}
