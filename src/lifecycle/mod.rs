//! The composition root: what each command of the command line does, and how a node is put together and taken apart.

mod audit;
mod backend;
mod bus;
mod canary;
mod commands;
mod demo;
mod dev;
mod doctor;
mod error;
mod housekeeping;
mod key_watch;
mod keys;
mod letters;
mod loops;
mod node;
mod observe;
mod operator;
mod pages;
pub(crate) mod readiness;
mod record_keeping;
mod recovery;
mod serve;
mod service_credentials;
mod tls;

use crate::cli::{Command, Invocation};

pub use commands::openapi_document;
pub use error::StartError;
pub use node::Node;
pub use tls::TlsError;

/// Does what was typed.
///
/// # Errors
/// Why it could not be done, in words that say what to do.
pub fn run(invocation: Invocation) -> Result<(), StartError> {
    let Invocation { config, command } = invocation;
    match command {
        Command::Dev(args) => dev::run(config, args),
        Command::Serve => serve::run(config),
        Command::Migrate => commands::migrate(config),
        Command::SeedDemo(args) => demo::run(config, args),
        Command::Keys(command) => keys::run(config, &command),
        Command::Company(command) => operator::company(config, command),
        Command::User(command) => operator::user(config, command),
        Command::Recovered(args) => recovery::run(config, args),
        Command::ServiceCredential(command) => service_credentials::run(config, command),
        Command::Doctor => doctor::run(config),
        Command::Audit(command) => commands::audit(config, &command),
        Command::Openapi => commands::openapi(),
        Command::Completions { shell } => pages::completions(shell),
        Command::Man { out } => pages::manual(&out),
        Command::Config(command) => commands::config(config, &command),
    }
}
