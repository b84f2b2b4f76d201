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
use voxgate_faults::{failure::Failure, faults::Fault, run};

/// Breaks what a Voxgate installation stands on while people use it, and checks ten invariants afterwards.
///
/// Every run makes an installation of its own on loopback: PostgreSQL, a mailbox, two server processes. Eight companies
/// at a time register, sign in with a second factor, renew, invite and throw out; then the fault strikes.
///
/// The columns: acknowledged writes; answers below 500, of 5xx, of 500 among them; requests without an answer; seconds from
/// the end of the fault until both nodes served a registration; promises that were broken.
#[derive(Parser)]
#[command(name = "voxgate-faults")]
struct Options {
    /// How often each fault strikes.
    #[arg(long, default_value_t = 1)]
    runs: u32,
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
    let (mut out, mut whole) = (io::stdout(), true);
    writeln!(out, "{}", run::HEAD)?;
    for fault in faults {
        for _ in 0..options.runs {
            match runtime.block_on(run::once(&program, *fault)) {
                Ok(outcome) => {
                    writeln!(out, "{outcome}")?;
                    whole &= outcome.broken.is_empty();
                }
                Err(error) => {
                    writeln!(out, "{fault:<15} no run: {error}")?;
                    whole = false;
                }
            }
        }
    }
    Ok(whole)
}
