//! What an operator relies on: metrics and alerts, traces, TLS, the proxy in front, backup and restore, packages.

mod backup;
mod messages;
mod metrics;
mod packaging;
mod proxy;
mod supply;
mod tls;
#[cfg(feature = "otlp")]
mod traces;
mod upgrade;

use std::{
    net::SocketAddr,
    path::PathBuf,
    process::{Command, Stdio},
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
};

use crate::support::{App, app::DEADLINE};

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs a tool to its end; all it said. A story cannot do without it.
fn tool(command: &mut Command) -> String {
    let done =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}. ./test.sh installs what is needed"));
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success(), "{command:?}: {said}");
    said
}

/// A certificate for 127.0.0.1 that signs itself, with its key, in `folder`.
fn certificate(folder: &std::path::Path, name: &str) {
    let (key, chain) = (folder.join("key.pem"), folder.join("chain.pem"));
    let (new_key, new_chain) = (folder.join("key.new"), folder.join("chain.new"));
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]);
    openssl.args(["-subj", &format!("/CN={name}"), "-addext", "subjectAltName=IP:127.0.0.1"]);
    tool(openssl.arg("-keyout").arg(&new_key).arg("-out").arg(&new_chain));
    std::fs::rename(new_key, key).unwrap();
    std::fs::rename(new_chain, chain).unwrap();
}

/// A server of `app`'s installation that listens at `address`, is reached at `base` and has further variables. Ends with
/// the answer.
async fn served(app: &App, address: SocketAddr, base: &str, variables: &[(&str, &str)]) -> Child {
    let mut serve = app.command("serve");
    serve.env("VOXGATE__SERVER__LISTEN", address.to_string()).env("VOXGATE__SERVER__BASE_URL", base);
    serve.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut server = serve.spawn().unwrap();
    let mut said = BufReader::new(server.stdout.take().unwrap()).lines();
    let ready = tokio::time::timeout(DEADLINE, said.next_line()).await.expect("it says something").unwrap();
    let ready = ready.unwrap_or_default();
    assert!(ready.contains(&format!("ready at {base}")), "{ready}");
    server
}

/// A process that ends with its story.
struct Running(std::process::Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Asked to, so that it ends its own children too: one that is left would hold the output of the tests open.
        let id = rustix::process::Pid::from_raw(self.0.id().cast_signed()).unwrap();
        let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM); // it may have ended by itself
        let _ = self.0.wait();
    }
}

/// Opens the live channel of `url` as who holds `token`, trusting `authority`; the kind of the first frame.
async fn first_frame(url: &str, token: &str, authority: &std::path::Path) -> String {
    let script = "import asyncio, json, ssl, sys, websockets
async def main(url, token, authority):
    trust = ssl.create_default_context(cafile=authority)
    async with websockets.connect(url, ssl=trust, subprotocols=['voxgate.v1'], **headers(token)) as socket:
        print(json.loads(await asyncio.wait_for(socket.recv(), 15))['kind'])
def headers(token):
    name = 'extra_headers' if int(websockets.__version__.split('.')[0]) < 14 else 'additional_headers'
    return {name: {'Authorization': 'Bearer ' + token}}
asyncio.run(main(*sys.argv[1:]))";
    let mut python = tokio::process::Command::new("python3");
    let done = python.args(["-c", script, url, token]).arg(authority).kill_on_drop(true).output().await.unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap().trim().to_owned()
}
