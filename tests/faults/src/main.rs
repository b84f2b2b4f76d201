//! Breaks what an installation stands on, once or many times, and prints a table:
//!
//! ```sh
//! cargo run --release -p voxgate-faults -- --runs 3 kill-node deaf-link
//! ```

use std::{
    ffi::OsString,
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;
use voxgate::{cli::Invocation, lifecycle};
use voxgate_faults::{failure::Failure, faults::Fault, plan::Plan, run, summary};

/// Breaks what a Voxgate installation stands on while people use it, and checks ten invariants afterwards.
///
/// Every run makes an installation of its own on loopback: PostgreSQL, a mailbox, server processes, and what else is asked
/// for. Eight companies at a time register, sign in with a second factor, renew, invite and throw out, and an Admin at each
/// node watches the log of their company; then the fault strikes. Faults that do not fit the installation are skipped.
///
/// The columns: acknowledged writes; answers below 500, of 5xx, of 500 among them; requests without an answer; seconds from
/// the end of the fault until all nodes served a registration; seconds a desk was behind at the worst; promises that were
/// broken. At the end all runs of each fault in one row: sums of counts, and the worst of times.
#[derive(Parser)]
#[command(name = "voxgate-faults")]
struct Options {
    /// How often each fault strikes.
    #[arg(long, default_value_t = 1)]
    runs: u32,
    #[command(flatten)]
    plan: Plan,
    /// Which faults; all of them if none is named.
    faults: Vec<Fault>,
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let outcome = match words.get(1).and_then(|word| word.to_str()) {
        Some("node") => {
            let invocation = Invocation::parse_from(words.iter().skip(1));
            lifecycle::run(invocation).map(|()| true).map_err(|error| Failure(error.to_string()))
        }
        _ => all(&Options::parse()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nowhere else to say it when standard error is closed.
            let _ = writeln!(io::stderr(), "voxgate-faults: {error}");
            ExitCode::FAILURE
        }
    }
}

fn all(options: &Options) -> Result<bool, Failure> {
    let program = std::env::current_exe()?;
    let faults = if options.faults.is_empty() { Fault::all() } else { &options.faults };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let (mut out, mut whole, mut rows) = (io::stdout(), true, Vec::new());
    writeln!(out, "{}", run::HEAD)?;
    for fault in faults {
        if let Err(why) = fault.plan(options.plan) {
            writeln!(out, "{fault:<15} skipped: {why}")?;
            continue;
        }
        let mut runs = Vec::new();
        for _ in 0..options.runs {
            match runtime.block_on(run::once(&program, *fault, options.plan)) {
                Ok(outcome) => {
                    writeln!(out, "{outcome}")?;
                    outcome.defects.iter().try_for_each(|defect| writeln!(out, "    logged: {defect}"))?;
                    whole &= outcome.broken.is_empty();
                    runs.push(outcome);
                }
                Err(error) => {
                    writeln!(out, "{fault:<15} no run: {error}")?;
                    whole = false;
                }
            }
        }
        rows.extend(summary::row(&runs));
    }
    writeln!(out, "\n{}\n\n{}\n{}", options.plan, summary::HEAD, rows.join("\n"))?;
    Ok(whole)
}
