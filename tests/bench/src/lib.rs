//! Measures Voxgate against the limits of the machine it runs on, in one run of under a minute:
//!
//! ```sh
//! cargo run --release -p voxgate-bench
//! ```
//!
//! With one of the words `sign-ins`, `checks` and `writes` it measures only that; with `enumeration` whether the time of an
//! answer tells who has an account.
//!
//! Real server processes on a real private PostgreSQL with full durability, audit on, clients on the same machine. Quote the
//! ratios: the absolute figures belong to the machine. To add a measurement: its work in `work`, its lines in `run`.

mod bare;
mod enumeration;
pub mod failure;
pub mod installation;
mod limits;
pub mod load;
pub mod machine;
mod members;
pub mod people;
pub mod report;
mod run;
pub mod wire;
pub mod work;

use std::{ffi::OsString, io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};
use failure::Failure;
use voxgate::{cli::Invocation, lifecycle};

/// Who issues the tokens of a run.
pub const ISSUER: &str = "http://bench.example";

/// The whole program: its words decide what is measured.
pub fn program() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let outcome = match words.get(1).and_then(|word| word.to_str()) {
        None => run::all(None),
        Some("node") => node(&words),
        Some("bare") => bare_handler(&words),
        Some("members") => members::program(&words),
        Some("enumeration") => enumeration::measure(words.get(2).and_then(|word| word.to_str())),
        Some(word) => match run::Part::from_str(word, true) {
            Ok(part) => run::all(Some(part)),
            Err(_) => {
                Err(Failure::Other("run it without arguments, or with sign-ins, checks, writes or enumeration".into()))
            }
        },
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere else to say it when standard error is closed.
            let _ = writeln!(std::io::stderr(), "voxgate-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Becomes a server process: the words after the first are those of the `voxgate` program.
pub fn node(words: &[OsString]) -> Result<(), Failure> {
    let invocation = Invocation::parse_from(words.iter().skip(1));
    lifecycle::run(invocation).map_err(|error| Failure::Other(error.to_string()))
}

fn bare_handler(words: &[OsString]) -> Result<(), Failure> {
    let address: Option<SocketAddr> = words.get(2).and_then(|word| word.to_str()?.parse().ok());
    let file = words.get(3).map(PathBuf::from);
    let (address, file) = address.zip(file).ok_or_else(|| Failure::Other("an address and a file".into()))?;
    bare::serve(address, &file)
}
