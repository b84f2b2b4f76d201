//! How each fault is made. Every story ends with everything whole again.

use std::time::Duration;

use rustix::process::Signal;
use sqlx::{Connection, Executor};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{sleep, timeout},
};
use voxgate::dev::mailbox::Behaviour;

use crate::{
    failure::Failure,
    faults::Fault,
    helpers::Nats,
    node::Node,
    proxy::{Flow, Link},
    signals,
    site::Site,
};

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Fault {
    /// Tells the story.
    ///
    /// # Errors
    /// Something did not come up again, or the fault cannot be made here.
    pub async fn strike(self, site: &mut Site) -> Result<(), Failure> {
        match self {
            Self::None => sleep(seconds(3)).await,
            Self::KillNode => {
                for node in [0, site.nodes.len() - 1, 0] {
                    site.kill(node).await;
                    sleep(Duration::from_millis(300)).await;
                    site.start(node).await?;
                    sleep(Duration::from_millis(700)).await;
                }
            }
            Self::FreezeNode => {
                for node in [site.nodes.len() - 1, 0] {
                    freeze(&site.process(node), seconds(3)).await;
                    sleep(seconds(1)).await;
                }
            }
            Self::KillDatabase => {
                if let Some(postmaster) = site.database_processes().first() {
                    signals::send(&[*postmaster], Signal::KILL);
                }
                sleep(seconds(1)).await;
                site.restart_database().await?;
            }
            Self::FreezeDatabase => freeze(&site.database_processes(), seconds(4)).await,
            Self::CutLink => each_in_turn(site, 10, Duration::from_millis(250), Node::cut).await,
            Self::SlowLink => {
                with_link(site, Link { delay: Duration::from_millis(150), ..Link::default() }, seconds(5)).await;
            }
            Self::DeafLink => {
                with_link(site, Link { down: Flow::Swallowed, ..Link::default() }, seconds(8)).await;
                site.nodes[1 % site.nodes.len()].cut();
            }
            Self::StalledLink => with_link(site, Link { up: Flow::Stalled, ..Link::default() }, seconds(6)).await,
            Self::HalfOpenLink => each_in_turn(site, 4, seconds(1), |node| node.link.half_open()).await,
            Self::SilentClients => silent_clients(site).await,
            Self::StepClock => step_clock(site).await?,
            Self::NoSpace => no_space(site).await?,
            Self::BusyPool => busy_pool(site).await?,
            Self::SlowMail => slow_mail(site).await,
            Self::DiskFull => disk_full(site).await?,
            Self::KillBus => kill_bus(site).await?,
            Self::FreezeBus => {
                freeze(&site.nats.as_ref().map(Nats::process).unwrap_or_default(), seconds(5)).await;
            }
            Self::CutBus => each_in_turn(site, 10, Duration::from_millis(400), |node| node.bus().cut()).await,
            Self::StalledBus => {
                let bus = site.nodes[1 % site.nodes.len()].bus();
                bus.set(Link { up: Flow::Stalled, down: Flow::Stalled, ..Link::default() });
                sleep(seconds(6)).await;
                bus.set(Link::default());
            }
            Self::DeadBus => sleep(seconds(5)).await,
            Self::MangledBus => mangled_bus(site).await?,
            Self::KillPooler => kill_pooler(site).await?,
        }
        Ok(())
    }
}

async fn freeze(processes: &[u32], length: Duration) {
    signals::send(processes, Signal::STOP);
    sleep(length).await;
    signals::send(processes, Signal::CONT);
}

/// The ways to the database of the second node behave like this for a while.
async fn with_link(site: &Site, link: Link, length: Duration) {
    let node = &site.nodes[1 % site.nodes.len()];
    node.set(link);
    sleep(length).await;
    node.set(Link::default());
}

async fn each_in_turn(site: &Site, turns: usize, pause: Duration, trouble: impl Fn(&Node)) {
    for turn in 0..turns {
        trouble(&site.nodes[turn % site.nodes.len()]);
        sleep(pause).await;
    }
}

async fn silent_clients(site: &Site) {
    let mut silent = Vec::new();
    for turn in 0..300 {
        let Ok(mut client) = TcpStream::connect(site.nodes[turn % site.nodes.len()].address).await else { continue };
        // Whether it is taken or not: nothing follows.
        let _ = client
            .write_all(b"POST /api/auth/login HTTP/1.1\r\nHost: faults\r\nContent-Length: 99\r\n\r\n{\"email\":")
            .await;
        silent.push(client);
    }
    sleep(seconds(5)).await;
}

async fn step_clock(site: &Site) -> Result<(), Failure> {
    for shift in [3_600, -300, 0] {
        site.shift_clock(1 % site.nodes.len(), shift)?;
        sleep(seconds(3)).await;
    }
    Ok(())
}

/// Writing beyond 64 KiB of a file fails. The write-ahead log cannot go on: PostgreSQL gives up, and must lose nothing.
async fn no_space(site: &mut Site) -> Result<(), Failure> {
    for _ in 0..8 {
        signals::limit_files(&site.database_processes(), Some(64 * 1024))?;
        sleep(Duration::from_millis(500)).await;
    }
    signals::limit_files(&site.database_processes(), None)?;
    serves_again(site).await
}

/// PostgreSQL after it was without space: it may have given up, and is started again then.
async fn serves_again(site: &mut Site) -> Result<(), Failure> {
    if timeout(seconds(2), site.root()).await.is_ok_and(|root| root.is_ok()) {
        return Ok(());
    }
    site.restart_database().await
}

async fn busy_pool(site: &Site) -> Result<(), Failure> {
    let mut root = site.root().await?;
    root.execute("BEGIN; LOCK TABLE sessions, users IN ACCESS EXCLUSIVE MODE").await?;
    sleep(seconds(6)).await;
    root.execute("COMMIT").await?;
    Ok(root.close().await?)
}

async fn slow_mail(site: &Site) {
    site.mailbox.behave(Behaviour::Stall);
    sleep(seconds(6)).await;
    site.mailbox.behave(Behaviour::Drop);
    sleep(seconds(2)).await;
    site.mailbox.behave(Behaviour::Accept);
}

async fn disk_full(site: &mut Site) -> Result<(), Failure> {
    let disk = site.disk.as_ref().ok_or_else(|| Failure("the disk is not small".into()))?;
    for _ in 0..8 {
        disk.fill()?;
        sleep(Duration::from_millis(500)).await;
    }
    disk.free()?;
    serves_again(site).await
}

async fn kill_bus(site: &mut Site) -> Result<(), Failure> {
    let nats = site.nats.as_mut().ok_or_else(|| Failure("there is no NATS".into()))?;
    for _ in 0..2 {
        nats.kill().await;
        sleep(seconds(2)).await;
        nats.comes_back().await?;
        sleep(seconds(1)).await;
    }
    Ok(())
}

async fn mangled_bus(site: &Site) -> Result<(), Failure> {
    for node in &site.nodes {
        node.bus().set(Link { mangles: true, ..Link::default() });
    }
    sleep(seconds(8)).await;
    for node in &site.nodes {
        node.bus().set(Link::default());
    }
    let mangled: Vec<[u64; 3]> = site.nodes.iter().map(|node| node.bus().tally.mangled()).collect();
    if mangled.as_flattened().contains(&0) {
        return Err(Failure(format!("too little was mangled to prove anything: {mangled:?} lost, doubled, overtaken")));
    }
    Ok(())
}

async fn kill_pooler(site: &mut Site) -> Result<(), Failure> {
    let pooler = site.pooler.as_mut().ok_or_else(|| Failure("there is no pooler".into()))?;
    for _ in 0..3 {
        pooler.kill().await;
        sleep(Duration::from_millis(500)).await;
        pooler.comes_back().await?;
        sleep(seconds(1)).await;
    }
    Ok(())
}
