//! A NATS server of a story's own, which can be killed and started again in its place.

use std::{net::SocketAddr, process::Stdio, time::Duration};

use tokio::{
    net::TcpStream,
    process::{Child, Command},
};

use super::{
    app::{DEADLINE, free_address},
    eventually::eventually,
};

const USER: &str = "voxgate";
const PASSWORD: &str = "a-password-nobody-else-has";

/// A running (or killed) server.
pub(crate) struct Nats {
    address: SocketAddr,
    process: Child,
}

impl Nats {
    /// Starts one on a free port.
    pub async fn start() -> Self {
        let address = free_address();
        let process = launch(address);
        listens(address).await;
        Self { address, process }
    }

    /// Where it is, with user and password.
    pub fn url(&self) -> String {
        format!("nats://{USER}:{PASSWORD}@{}", self.address)
    }

    /// Ends it as a power cut would.
    pub async fn kill(&mut self) {
        self.process.kill().await.unwrap();
    }

    /// Starts it again at the same address.
    pub async fn comes_back(&mut self) {
        self.process = launch(self.address);
        listens(self.address).await;
    }
}

fn launch(address: SocketAddr) -> Child {
    let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin";
    let mut server = Command::new("nats-server");
    server.env("PATH", path).args(["-a", "127.0.0.1", "-p", &address.port().to_string()]);
    server.args(["--user", USER, "--pass", PASSWORD]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    server.kill_on_drop(true).spawn().expect("nats-server is installed: apt-get install nats-server")
}

async fn listens(address: SocketAddr) {
    eventually("NATS listens", DEADLINE, async || {
        tokio::time::timeout(Duration::from_secs(1), TcpStream::connect(address)).await.ok()?.ok()
    })
    .await;
}
