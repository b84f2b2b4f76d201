//! How long a process needs to serve.

use std::time::Instant;

use voxgate_bench::{failure::Failure, installation::Installation};

use crate::tally::Tally;

const STARTS: usize = 20;

/// Prints how long a process needs from its start on an existing database until it says that it is ready.
pub(crate) async fn measure(installation: &Installation) -> Result<(), Failure> {
    let mut took = Tally::default();
    for _ in 0..STARTS {
        let began = Instant::now();
        let server = installation.serve(&[])?;
        took.add(began.elapsed());
        drop(server);
    }
    took.say("start on an existing database → ready")
}
