//! One company floods the node; what does somebody of another company feel?

use std::{sync::Arc, time::Duration};

use voxgate_bench::{
    failure::Failure,
    installation::{Installation, Server},
    load::{self, Running},
    people::{self, Person},
    report::say,
    wire::{get, post},
    work::{Refreshes, Same},
};

const LENGTH: Duration = Duration::from_secs(5);
/// Sign-ins of the flooding company always in flight.
const FLOOD: usize = 64;

/// Prints the neighbour's 99th percentiles alone and during the flood.
pub(crate) async fn measure(installation: &Installation) -> Result<(), Failure> {
    let server = installation.serve(&[])?;
    let people = people::register(server.address, "neighbour", 2).await?;
    let (neighbour, flooding) = (&people[0], &people[1]);
    let alone = felt(&server, neighbour.clone()).await?;
    // All into one account's lane: more than it holds is turned away at once, which is what shields the neighbour.
    let request: Arc<[u8]> = Arc::from(post("/api/auth/login", None, &flooding.login()));
    let flood = Running::start(server.address, vec![Flood { request }; FLOOD]).await?;
    let flooded = felt(&server, Person { refresh: alone.newest.clone(), ..neighbour.clone() }).await?;
    flood.end().await?;
    for (what, alone, flooded) in
        [("a session check", alone.check, flooded.check), ("a refresh", alone.refresh, flooded.refresh)]
    {
        let more = flooded - alone;
        say(&format!("{what} of a neighbour, p99: {alone:.2} ms alone, {flooded:.2} ms in the flood (+{more:.2} ms)"))?;
    }
    Ok(())
}

struct Felt {
    check: f64,
    refresh: f64,
    newest: String,
}

async fn felt(server: &Server, person: Person) -> Result<Felt, Failure> {
    let request: Arc<[u8]> = Arc::from(get("/api/auth/session", &person.access));
    let check = load::run(server.address, vec![Same { what: "a session check", request }], LENGTH).await?;
    let mut refreshes = Refreshes { token: person.refresh };
    let (mut wire, began) = (voxgate_bench::wire::Wire::open(server.address).await?, std::time::Instant::now());
    let mut took = crate::tally::Tally::default();
    while began.elapsed() < LENGTH {
        let asked = std::time::Instant::now();
        load::Work::once(&mut refreshes, &mut wire).await?;
        took.add(asked.elapsed());
    }
    Ok(Felt { check: check.quantile(0.99), refresh: took.quantile(0.99), newest: refreshes.token })
}

/// A sign-in, whatever is answered.
#[derive(Clone)]
struct Flood {
    request: Arc<[u8]>,
}

impl load::Work for Flood {
    async fn once(&mut self, wire: &mut voxgate_bench::wire::Wire) -> Result<bool, Failure> {
        wire.ask(&self.request).await?;
        Ok(true)
    }
}
