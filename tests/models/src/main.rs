//! Walks every model through all its states and prints a table:
//!
//! ```sh
//! cargo run --release -p voxgate-models
//! ```

use std::{
    io::{self, Write},
    process::ExitCode,
};

use voxgate_models::walk;

fn main() -> io::Result<ExitCode> {
    let (mut out, mut states, mut holds) = (io::stdout(), 0, true);
    writeln!(out, "{}", walk::HEAD)?;
    for model in walk::all() {
        let walked = model();
        writeln!(out, "{walked}")?;
        states += walked.states;
        holds &= walked.broken.is_empty();
    }
    writeln!(out, "{:<27} {states:>9}", "all of them")?;
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
