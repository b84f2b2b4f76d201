//! What a server needs: idle, while 64 people sign in, and for each idle socket.

use std::sync::Arc;

use voxgate::domain::principal::Role;
use voxgate_bench::{
    failure::Failure, installation::Installation, load::Running, people, report::say, wire::post, work::Same,
};

use crate::{
    crowd::Crowd,
    sockets::{open_all, watch},
};

const SIGN_INS: usize = 64;

/// Prints the memory of one node in each state.
pub(crate) async fn measure(installation: &Installation, sockets: usize) -> Result<(), Failure> {
    let server = installation.serve(&[])?;
    pause(1).await;
    let idle = server.memory_kib()?;
    let people = people::register(server.address, "memory", SIGN_INS).await?;
    let work = |person: &people::Person| Same {
        what: "a sign-in",
        request: Arc::from(post("/api/auth/login", None, &person.login())),
    };
    let storm = Running::start(server.address, people.iter().map(work).collect()).await?;
    let mut busy = 0f64;
    for _ in 0..50 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        busy = busy.max(server.memory_kib()?);
    }
    storm.end().await?;
    let crowd = Crowd::gather(installation, &server, "sockets", (sockets.div_ceil(2), Role::User)).await?;
    let tokens: Vec<String> =
        crowd.members.iter().flat_map(|one| [one.access.clone(), one.access.clone()]).take(sockets).collect();
    pause(1).await;
    let before = server.memory_kib()?;
    let watched: Vec<_> = open_all(&[server.address], &tokens).await?.into_iter().map(watch).collect();
    pause(3).await;
    let full = server.memory_kib()?;
    say(&format!("idle: {:.0} MiB", idle / 1024.0))?;
    say(&format!("{SIGN_INS} sign-ins in flight, the most: {:.0} MiB", busy / 1024.0))?;
    say(&format!("and then {} idle sockets: {:.0} MiB", watched.len(), full / 1024.0))?;
    say(&format!("for each idle socket: {:.1} KiB", (full - before) / watched.len() as f64))
}

async fn pause(seconds: u64) {
    tokio::time::sleep(std::time::Duration::from_secs(seconds)).await;
}
