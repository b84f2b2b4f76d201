//! What every measurement stands on: an installation, and words on standard output.

use std::io;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::Builder;
use voxgate_bench::{failure::Failure, installation::Installation, machine, report::say};

/// Costs of a hash where hashing is not what is measured.
pub(crate) const CHEAP: &[(&str, &str)] =
    &[("VOXGATE__PASSWORD__MEMORY_KIB", "64"), ("VOXGATE__PASSWORD__ITERATIONS", "1")];

/// Makes an installation, says what machine this is, and lets `play` measure.
pub(crate) fn on_stage(play: impl AsyncFnOnce(&Installation) -> Result<(), Failure>) -> Result<(), Failure> {
    let installation = Installation::make()?;
    let runtime = Builder::new_current_thread().enable_all().build().map_err(Failure::system("a runtime"))?;
    for (name, value) in machine::facts() {
        say(&format!("- {name}: {value}"))?;
    }
    say(&format!("- PostgreSQL: {}\n", installation.postgres()?))?;
    runtime.block_on(async {
        installation.migrate().await?;
        play(&installation).await
    })
}

/// Lets this process and its children open as many files as they may. A run that needs more fails where it meets the limit.
pub(crate) fn raise_the_limit_of_files() -> Result<(), Failure> {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    let raised = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
    raised.map_err(io::Error::from).map_err(Failure::system("raising the limit of open files"))
}
