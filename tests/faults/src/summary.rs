//! All runs of a fault in one row of a table, as `docs/faults.md` has it.

use std::time::Duration;

use crate::run::{Outcome, seconds};

/// The head of the table.
pub const HEAD: &str = "| fault | runs | told | answers < 500 | 5xx | 500 | no answer | again s | desk s | broken |
|---|---:|---:|---:|---:|---:|---:|---:|---:|---|";

/// Sums of counts, and the worst of times, of runs with the same fault; nothing of no runs.
pub fn row(runs: &[Outcome]) -> Option<String> {
    let fault = runs.first()?.fault;
    let sum = |count: fn(&Outcome) -> u64| runs.iter().map(count).sum::<u64>();
    let worst = |time: fn(&Outcome) -> Option<Duration>, none| {
        let times: Option<Vec<Duration>> = runs.iter().map(time).collect();
        seconds(times.and_then(|times| times.into_iter().max()), none)
    };
    let broken: Vec<&str> = runs.iter().flat_map(|run| &run.broken).map(String::as_str).collect();
    Some(format!(
        "| {fault} | {} | {} | {} | {} | {} | {} | {} | {} | {} |",
        runs.len(),
        sum(|run| run.seen.acknowledged.len() as u64),
        sum(|run| run.seen.answered),
        sum(|run| run.seen.refused),
        sum(|run| run.seen.lost),
        sum(|run| run.seen.unanswered),
        worst(|run| run.recovered, "never"),
        worst(|run| run.seen.behind(), "never"),
        if broken.is_empty() { "nothing".to_owned() } else { broken.join("; ") },
    ))
}
