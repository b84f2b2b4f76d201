//! What shells and `man` know of the command line, made from the command line itself.

use std::{
    io::{self, Write},
    path::Path,
};

use clap::CommandFactory;
use clap_complete::Shell;

use super::{StartError, commands::say};
use crate::cli::Invocation;

/// Prints the completions of one shell.
pub(super) fn completions(shell: Shell) -> Result<(), StartError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Invocation::command(), "voxgate", &mut script);
    // A reader that went away is no error of ours.
    let _ = io::stdout().write_all(&script);
    Ok(())
}

/// Writes the pages `voxgate.1`, `voxgate-serve.1` and so on.
pub(super) fn manual(folder: &Path) -> Result<(), StartError> {
    let failed = |error| StartError::System { what: "the manual pages could not be written", error };
    std::fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Invocation::command(), folder).map_err(failed)?;
    say(&format!("The manual pages are in {}.", folder.display()));
    Ok(())
}
