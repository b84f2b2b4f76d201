//! Measures Voxgate against the limits of the machine it runs on, in one run of under a minute:
//!
//! ```sh
//! cargo run --release -p voxgate-bench
//! ```
//!
//! Real server processes on a real private PostgreSQL with full durability, audit on, clients on the same machine. Quote the
//! ratios: the absolute figures belong to the machine. To add a measurement: its work in `work`, its lines in `run`.

mod bare;
mod enumeration;
mod failure;
mod installation;
mod limits;
mod load;
mod machine;
mod people;
mod report;
mod run;
mod wire;
mod work;

use std::{ffi::OsString, io::Write, net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Parser;
use failure::Failure;
use voxgate::{cli::Invocation, lifecycle};

/// Who issues the tokens of a run.
const ISSUER: &str = "http://bench.example";

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let outcome = match words.get(1).and_then(|word| word.to_str()) {
        None => run::all(),
        Some("node") => {
            let invocation = Invocation::parse_from(words.iter().skip(1));
            lifecycle::run(invocation).map_err(|error| Failure::Other(error.to_string()))
        }
        Some("bare") => bare_handler(&words),
        Some("enumeration") => enumeration::measure(words.get(2).and_then(|word| word.to_str())),
        Some(_) => Err(Failure::Other("run it without arguments, or as `voxgate-bench enumeration`".into())),
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

fn bare_handler(words: &[OsString]) -> Result<(), Failure> {
    let address: Option<SocketAddr> = words.get(2).and_then(|word| word.to_str()?.parse().ok());
    let file = words.get(3).map(PathBuf::from);
    let (address, file) = address.zip(file).ok_or_else(|| Failure::Other("an address and a file".into()))?;
    bare::serve(address, &file)
}
