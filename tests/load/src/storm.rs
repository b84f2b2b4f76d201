//! Everybody connects at once, as after a restart. Who is told to come again does, spread over a second, as the clients do.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::task::JoinSet;
use voxgate::domain::principal::Role;
use voxgate_bench::{failure::Failure, installation::Installation, report::say};

use crate::{
    crowd::Crowd,
    sockets::{Stream, open},
    stage::CHEAP,
    tally::Tally,
};

/// Prints how long each socket waited for its `hello`, and how long all of them needed.
pub(crate) async fn measure(installation: &Installation, sockets: usize) -> Result<(), Failure> {
    let server = installation.serve(CHEAP)?;
    let crowd = Crowd::gather(installation, &server, "storm", (sockets, Role::User)).await?;
    let (began, mut opening) = (Instant::now(), JoinSet::new());
    for (number, member) in crowd.members.into_iter().enumerate() {
        let address = server.address;
        opening.spawn(async move {
            let (live, again) = patiently(address, number, &member.access).await?;
            Ok::<_, Failure>((live, again, began.elapsed()))
        });
    }
    let (mut waited, mut open_ones, mut told) = (Tally::default(), Vec::new(), 0);
    while let Some(opened) = opening.join_next().await {
        let (live, again, after) = opened.map_err(|error| Failure::Other(error.to_string()))??;
        waited.add(after);
        open_ones.push(live);
        told += again;
    }
    say(&format!(
        "{} sockets at once, all there after {:.2?}; told to come again {told} times",
        open_ones.len(),
        began.elapsed()
    ))?;
    waited.say("the first attempt → hello")
}

/// The socket, and how often it was told to come again.
async fn patiently(address: SocketAddr, number: usize, access: &str) -> Result<(Stream, u32), Failure> {
    let mut again = 0;
    loop {
        match open(address, number, access).await {
            Ok(live) => return Ok((live, again)),
            Err(Failure::Answer { status: 429 | 503, .. }) => again += 1,
            Err(error) => return Err(error),
        }
        let spread = Duration::from_millis(number as u64 * 7 % 1000);
        tokio::time::sleep(Duration::from_secs(1) + spread).await;
    }
}
