//! Does the time of an answer tell who has an account?
//!
//! ```sh
//! cargo run --release -p voxgate-bench enumeration          # 1,000 rounds
//! cargo run --release -p voxgate-bench enumeration 200
//! ```
//!
//! One client asks, one request after the other, and the kinds of address take turns: whatever the machine does meanwhile
//! happens to all of them alike. Counters of attempts are emptied between rounds, outside of what is timed, so that nobody is
//! locked and every mail is written; passwords cost what they cost by default.

mod kinds;
mod verdict;

use std::time::Instant;

use sqlx::{Connection, PgConnection};
use tokio::runtime::Builder;

use crate::{
    failure::Failure,
    installation::{Installation, Server},
    machine,
    report::say,
    wire::{Wire, post},
};
use kinds::Question;
use verdict::{Samples, table};

/// Rounds unless something else is asked for.
const ROUNDS: usize = 1000;
/// Forgotten passwords are answered after 300 ms, and every invitation needs an address of its own: one round in so many.
const SELDOM: usize = 5;
/// Rounds before those that count.
const WARM_UP: usize = 5;

/// Measures and prints the report. `rounds` as it was typed.
pub(crate) fn measure(rounds: Option<&str>) -> Result<(), Failure> {
    let rounds = rounds.map_or(Ok(ROUNDS), str::parse).ok().filter(|rounds| *rounds >= SELDOM);
    let rounds = rounds.ok_or_else(|| Failure::Other(format!("how many rounds? a number from {SELDOM}")))?;
    let installation = Installation::make()?;
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::system("a runtime"))?;
    let mut all = Vec::new();
    runtime.block_on(async {
        installation.migrate().await?;
        let server = installation.serve(&[])?;
        let mut owner = PgConnection::connect(&installation.owner_url()).await?;
        say("Sign-ins ...")?;
        let sign_ins = kinds::sign_ins(&server, &mut owner).await?;
        all.push(ask(&server, &mut owner, &sign_ins, rounds).await?);
        say("Forgotten passwords ...")?;
        all.push(ask(&server, &mut owner, &kinds::forgotten(), rounds / SELDOM).await?);
        say("Invitations ...")?;
        let invitations = kinds::invitations(&server, rounds / SELDOM + WARM_UP).await?;
        all.push(ask(&server, &mut owner, &invitations, rounds / SELDOM).await?);
        Ok::<_, Failure>(())
    })?;
    let mut facts = machine::facts();
    facts.push(("PostgreSQL", installation.postgres()?));
    let facts: String = facts.iter().map(|(name, value)| format!("- {name}: {value}\n")).collect();
    say(&format!("{facts}\n{}", table(&all)))
}

/// Asks every kind once a round. Who is first moves on with each round.
async fn ask(
    server: &Server,
    owner: &mut PgConnection,
    question: &Question,
    rounds: usize,
) -> Result<Samples, Failure> {
    let mut wire = Wire::open(server.address).await?;
    let mut samples = Samples::of(question);
    for round in 0..rounds + WARM_UP {
        sqlx::raw_sql("DELETE FROM attempts").execute(&mut *owner).await?;
        if let Some((path, body, status)) = &question.first {
            wire.ask(&post(path, None, body)).await?.expect("a first request", *status)?;
        }
        for turn in 0..question.kinds.len() {
            let kind = (round + turn) % question.kinds.len();
            let request = question.request(kind, round);
            let began = Instant::now();
            wire.ask(&request).await?.expect(question.what, question.status)?;
            let took = began.elapsed();
            if round >= WARM_UP {
                samples.add(kind, took);
            }
        }
    }
    Ok(samples)
}
