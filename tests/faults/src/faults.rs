//! What goes wrong while people use an installation. Every story ends with everything whole again.

use std::{fmt, time::Duration};

use clap::ValueEnum;
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
    proxy::{Flow, Link},
    signals,
    site::Site,
};

/// One kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// Nothing: what the run itself costs.
    None,
    /// `kill -9` of a node, three times.
    KillNode,
    /// SIGSTOP of a node for three seconds, twice.
    FreezeNode,
    /// `kill -9` of the postmaster; its data is recovered from the log.
    KillDatabase,
    /// SIGSTOP of all of PostgreSQL for four seconds.
    FreezeDatabase,
    /// Every connection of a node to PostgreSQL is cut, ten times.
    CutLink,
    /// Each way between a node and PostgreSQL takes 150 ms for five seconds.
    SlowLink,
    /// A node's link takes what is sent and brings nothing back, for eight seconds: longer than a lease.
    DeafLink,
    /// A node's questions stand still on their way for six seconds, and then all arrive.
    StalledLink,
    /// A node's halves of its connections end, and PostgreSQL is not told.
    HalfOpenLink,
    /// Three hundred clients begin a request and say nothing more.
    SilentClients,
    /// The wall clock of a node goes an hour ahead, and then five minutes back.
    StepClock,
    /// No file of PostgreSQL can grow for four seconds, as on a full disk; it is started again after.
    NoSpace,
    /// A lock keeps every connection of both pools busy for six seconds.
    BusyPool,
    /// The mail server takes connections and says nothing for six seconds, and then hangs up for two.
    SlowMail,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.pad(value.get_name()))
    }
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

impl Fault {
    /// Every one of them.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// Tells the story.
    ///
    /// # Errors
    /// Something did not come up again, or the fault cannot be made here.
    pub async fn strike(self, site: &mut Site) -> Result<(), Failure> {
        match self {
            Self::None => sleep(seconds(3)).await,
            Self::KillNode => {
                for node in [0, 1, 0] {
                    site.kill(node).await;
                    sleep(Duration::from_millis(300)).await;
                    site.start(node).await?;
                    sleep(Duration::from_millis(700)).await;
                }
            }
            Self::FreezeNode => {
                for node in [1, 0] {
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
            Self::CutLink => {
                for turn in 0..10 {
                    site.nodes[turn % 2].link.cut();
                    sleep(Duration::from_millis(250)).await;
                }
            }
            Self::SlowLink => {
                with_link(site, Link { delay: Duration::from_millis(150), ..Link::default() }, seconds(5)).await
            }
            Self::DeafLink => with_link(site, Link { down: Flow::Swallowed, ..Link::default() }, seconds(8)).await,
            Self::StalledLink => with_link(site, Link { up: Flow::Stalled, ..Link::default() }, seconds(6)).await,
            Self::HalfOpenLink => {
                for turn in 0..4 {
                    site.nodes[turn % 2].link.half_open();
                    sleep(seconds(1)).await;
                }
            }
            Self::SilentClients => silent_clients(site).await,
            Self::StepClock => step_clock(site).await?,
            Self::NoSpace => no_space(site).await?,
            Self::BusyPool => busy_pool(site).await?,
            Self::SlowMail => {
                site.mailbox.behave(Behaviour::Stall);
                sleep(seconds(6)).await;
                site.mailbox.behave(Behaviour::Drop);
                sleep(seconds(2)).await;
                site.mailbox.behave(Behaviour::Accept);
            }
        }
        Ok(())
    }
}

async fn freeze(processes: &[u32], length: Duration) {
    signals::send(processes, Signal::STOP);
    sleep(length).await;
    signals::send(processes, Signal::CONT);
}

/// The link of the second node behaves like this for a while. What was swallowed never comes: the connections go, too.
async fn with_link(site: &Site, link: Link, length: Duration) {
    site.nodes[1].link.set(link);
    sleep(length).await;
    site.nodes[1].link.set(Link::default());
    if link.down == Flow::Swallowed {
        site.nodes[1].link.cut();
    }
}

async fn silent_clients(site: &Site) {
    let mut silent = Vec::new();
    for turn in 0..300 {
        let Ok(mut client) = TcpStream::connect(site.nodes[turn % 2].address).await else { continue };
        // Whether it is taken or not: nothing follows.
        let _ = client
            .write_all(b"POST /api/auth/login HTTP/1.1\r\nHost: faults\r\nContent-Length: 99\r\n\r\n{\"email\":")
            .await;
        silent.push(client);
    }
    sleep(seconds(5)).await;
}

async fn step_clock(site: &Site) -> Result<(), Failure> {
    if !Site::has_clocks() {
        return Err(Failure("libfaketime is not installed".into()));
    }
    for shift in [3_600, -300, 0] {
        site.shift_clock(1, shift)?;
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
