//! Everybody connects at once, as after a restart.

use std::time::Instant;

use tokio::task::JoinSet;
use voxgate::domain::principal::Role;
use voxgate_bench::{failure::Failure, installation::Installation, report::say};

use crate::{crowd::Crowd, sockets::open, stage::CHEAP, tally::Tally};

/// Prints how long each socket waited for its `hello`, and how long all of them needed.
pub(crate) async fn measure(installation: &Installation, sockets: usize) -> Result<(), Failure> {
    let server = installation.serve(CHEAP)?;
    let crowd = Crowd::gather(installation, &server, "storm", (sockets, Role::User)).await?;
    let (began, mut opening) = (Instant::now(), JoinSet::new());
    for (number, member) in crowd.members.into_iter().enumerate() {
        let address = server.address;
        opening.spawn(async move {
            let live = open(address, number, &member.access).await?;
            Ok::<_, Failure>((live, began.elapsed()))
        });
    }
    let (mut waited, mut open_ones) = (Tally::default(), Vec::new());
    while let Some(opened) = opening.join_next().await {
        let (live, after) = opened.map_err(|error| Failure::Other(error.to_string()))??;
        waited.add(after);
        open_ones.push(live);
    }
    say(&format!("{} sockets at once, all there after {:.2?}", open_ones.len(), began.elapsed()))?;
    waited.say("connecting → hello")
}
