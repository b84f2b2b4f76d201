//! Forced logouts: until the socket is closed, until the token is refused, and a whole company at once.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use serde_json::json;
use tokio::sync::oneshot;
use voxgate::domain::principal::Role;
use voxgate_bench::{
    failure::Failure,
    installation::{Installation, Server},
    report::say,
    wire::{Wire, get, post},
};

use crate::{
    crowd::{Crowd, Member},
    sockets::{open_all, watch},
    stage::CHEAP,
    tally::Tally,
};

/// How long anybody may take before the run is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is measured.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Sockets, over all nodes.
    pub(crate) sockets: usize,
    /// Nodes.
    pub(crate) nodes: usize,
    /// People thrown out one after the other.
    pub(crate) victims: usize,
    /// Settings of every node.
    pub(crate) set: Vec<String>,
}

/// Prints the delays. The Admin acts on the first node; victims are connected to all nodes by turns.
pub(crate) async fn measure(installation: &Installation, plan: Plan) -> Result<(), Failure> {
    let mut settings = CHEAP.to_vec();
    settings.extend(plan.set.iter().filter_map(|pair| pair.split_once('=')));
    let servers = (0..plan.nodes.max(1)).map(|_| installation.serve(&settings));
    let servers = servers.collect::<Result<Vec<Server>, _>>()?;
    let addresses: Vec<SocketAddr> = servers.iter().map(|server| server.address).collect();
    let crowd = Crowd::gather(installation, &servers[0], "logout", (plan.sockets, Role::User)).await?;
    let tokens: Vec<String> = crowd.members.iter().map(|member| member.access.clone()).collect();
    let began = Instant::now();
    let mut ends: Vec<_> = open_all(&addresses, &tokens).await?.into_iter().map(watch).collect();
    say(&format!("{} sockets on {} nodes, opened in {:.1?}", ends.len(), addresses.len(), began.elapsed()))?;
    one_by_one(&addresses, &crowd, &mut ends, plan.victims).await?;
    everybody(addresses[0], &crowd, ends).await
}

async fn one_by_one(
    addresses: &[SocketAddr],
    crowd: &Crowd,
    ends: &mut Vec<oneshot::Receiver<Instant>>,
    victims: usize,
) -> Result<(), Failure> {
    let (mut closed, mut refused) = (Tally::default(), Tally::default());
    let rest = ends.split_off(victims.min(ends.len()));
    let mut admin = Wire::open(addresses[0]).await?;
    for (victim, end) in crowd.members.iter().zip(std::mem::replace(ends, rest)) {
        let doors = addresses.iter().map(|address| refused_at(*address, victim.clone()));
        let doors: Vec<_> = doors.map(tokio::spawn).collect();
        tokio::task::yield_now().await;
        let path = format!("/api/users/{}/force-logout", victim.user);
        let asked = Instant::now();
        let act = post(&path, Some(&crowd.admin.access), &json!({}));
        admin.ask(&act).await?.expect("a forced logout", 200)?;
        closed.add(ended(end).await?.duration_since(asked));
        let mut last = asked;
        for door in doors {
            last = last.max(door.await.map_err(|error| Failure::Other(error.to_string()))??);
        }
        refused.add(last.duration_since(asked));
    }
    closed.say("forced logout, asked for → socket closed")?;
    refused.say("forced logout, asked for → token refused on every node")
}

/// Shows a token again and again until it is refused.
async fn refused_at(address: SocketAddr, victim: Member) -> Result<Instant, Failure> {
    let (mut wire, began) = (Wire::open(address).await?, Instant::now());
    let request = get("/api/auth/session", &victim.access);
    while began.elapsed() < PATIENCE {
        if wire.ask(&request).await?.status == 401 {
            return Ok(Instant::now());
        }
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
    Err(Failure::Other(format!("a token was still good after {PATIENCE:?}")))
}

async fn everybody(address: SocketAddr, crowd: &Crowd, ends: Vec<oneshot::Receiver<Instant>>) -> Result<(), Failure> {
    let mut admin = Wire::open(address).await?;
    let asked = Instant::now();
    let act = post("/api/company/force-logout", Some(&crowd.admin.access), &json!({}));
    admin.ask(&act).await?.expect("a company's logout", 200)?;
    let mut closed = Tally::default();
    for end in ends {
        closed.add(ended(end).await?.duration_since(asked));
    }
    closed.say("whole company logged out, asked for → socket closed")
}

async fn ended(end: oneshot::Receiver<Instant>) -> Result<Instant, Failure> {
    match tokio::time::timeout(PATIENCE, end).await {
        Ok(Ok(at)) => Ok(at),
        _ => Err(Failure::Other(format!("a socket was still open after {PATIENCE:?}"))),
    }
}
