//! The `voxgate` program: reads what was typed, does it, and says in words why it could not.

use std::{io::Write, process::ExitCode};

use clap::Parser;
use voxgate::{cli::Invocation, lifecycle};

fn main() -> ExitCode {
    match lifecycle::run(Invocation::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere else to say it when standard error is closed.
            let _ = writeln!(std::io::stderr(), "voxgate: {error}");
            ExitCode::FAILURE
        }
    }
}
