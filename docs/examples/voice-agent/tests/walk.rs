//! The README's block, run as it stands against `voxgate dev` and the built agent.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

const AGENT: &str = env!("CARGO_BIN_EXE_voice-agent");

/// `voxgate dev`, ended with its story.
struct Dev(Child);

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.0.kill(); // its private PostgreSQL goes with it
        let _ = self.0.wait();
    }
}

fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// Starts the server beside the agent's binary and waits until it is ready.
fn voxgate(address: &str, folder: &Path) -> Dev {
    let program = Path::new(AGENT).with_file_name("voxgate");
    assert!(program.exists(), "build the server first: cargo build, or cargo test --workspace");
    let mut dev = Command::new(program);
    dev.args(["dev", "--listen", address, "--data-dir"]).arg(folder.join("data")).env_clear();
    let mut dev = Dev(dev.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let said = BufReader::new(dev.0.stdout.take().unwrap());
    let ready = said.lines().map_while(Result::ok).any(|line| line.contains("Stop with Ctrl-C."));
    assert!(ready, "it ended before it was ready");
    dev
}

#[test]
fn the_readme_is_true_line_by_line() {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(here.join("README.md")).unwrap();
    let block = |fence: &str| readme.split_once(fence).unwrap().1.split_once("```").unwrap().0.to_owned();
    let folder = tempfile::Builder::new().prefix("voxgate-agent-").tempdir_in("/tmp").unwrap();
    let (server, agent) = (free(), free());
    let _dev = voxgate(&server, folder.path());

    let place = folder.path().join("walk");
    fs::create_dir_all(place.join("target/debug")).unwrap();
    std::os::unix::fs::symlink(here.join("../../../docs"), place.join("docs")).unwrap();
    std::os::unix::fs::symlink(AGENT, place.join("target/debug/voice-agent")).unwrap();
    let script = block("```bash\n").replace("127.0.0.1:8000", &server).replace("127.0.0.1:9000", &agent);
    let mut bash = Command::new("timeout");
    bash.args(["60", "bash", "-euo", "pipefail", "-c", &format!("{{ {script}\n}} 2>&1")]).current_dir(place);
    let walked = bash.stdin(Stdio::null()).output().expect("bash runs");
    assert_eq!(String::from_utf8_lossy(&walked.stdout), block("```text\n"));
    assert!(walked.status.success());
}
