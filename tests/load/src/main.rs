//! Measures what `voxgate-bench` does not: many sockets, forced logouts on several nodes, events on many dashboards, a neighbour's
//! patience, starting, and growth.
//!
//! ```sh
//! cargo run --release -p voxgate-load -- --help
//! ```
//!
//! Every measurement makes an installation of its own: a private PostgreSQL with full durability and real server processes.
//! This process is the client. To add a measurement: a file with a function, and a word in [`What`].

mod crowd;
mod events;
mod growth;
mod logout;
mod memory;
mod neighbour;
mod sockets;
mod stage;
mod start;
mod storm;
mod tally;

use std::{ffi::OsString, io::Write, process::ExitCode};

use clap::{Parser, Subcommand};
use voxgate_bench::failure::Failure;

/// Measures Voxgate with many sockets, many nodes and many rows.
#[derive(Debug, Parser)]
struct Words {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Memory: idle, with 64 sign-ins in flight, with idle sockets.
    Memory {
        /// Sockets, two to a session.
        #[arg(long, default_value_t = 10_000)]
        sockets: usize,
    },
    /// Forced logout: until the socket is closed, and until the token is refused on every node; then the whole company.
    Logout {
        /// Sockets, over all nodes.
        #[arg(long, default_value_t = 10_000)]
        sockets: usize,
        /// Nodes.
        #[arg(long, default_value_t = 1)]
        nodes: usize,
        /// People thrown out one after the other.
        #[arg(long, default_value_t = 200)]
        victims: usize,
        /// A setting of every node, as `VOXGATE__SECTION__KEY=value`.
        #[arg(long)]
        set: Vec<String>,
    },
    /// Events: from the commit until they are on every dashboard.
    Events {
        /// Dashboards.
        #[arg(long, default_value_t = 100)]
        dashboards: usize,
        /// Events, one after the other.
        #[arg(long, default_value_t = 200)]
        events: usize,
    },
    /// Everybody connects at once.
    Storm {
        /// Sockets.
        #[arg(long, default_value_t = 5_000)]
        sockets: usize,
    },
    /// What somebody feels while another company floods the node.
    Neighbour,
    /// From the start of a process on an existing database until it is ready.
    Start,
    /// The same questions with few rows and with many.
    Growth {
        /// Companies to be added.
        #[arg(long, default_value_t = 10_000)]
        companies: u32,
        /// People to be added, over all companies.
        #[arg(long, default_value_t = 1_000_000)]
        people: u32,
        /// Rows of the audit log to be added, over all companies.
        #[arg(long, default_value_t = 10_000_000)]
        audit: u32,
    },
}

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let outcome = match words.get(1).and_then(|word| word.to_str()) {
        Some("node") => voxgate_bench::node(&words),
        _ => measure(Words::parse().what),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere else to say it when standard error is closed.
            let _ = writeln!(std::io::stderr(), "voxgate-load: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(what: What) -> Result<(), Failure> {
    stage::raise_the_limit_of_files()?;
    stage::on_stage(async |stage| match what {
        What::Memory { sockets } => memory::measure(stage, sockets).await,
        What::Logout { sockets, nodes, victims, set } => {
            logout::measure(stage, logout::Plan { sockets, nodes, victims, set }).await
        }
        What::Events { dashboards, events } => events::measure(stage, dashboards, events).await,
        What::Storm { sockets } => storm::measure(stage, sockets).await,
        What::Neighbour => neighbour::measure(stage).await,
        What::Start => start::measure(stage).await,
        What::Growth { companies, people, audit } => {
            growth::measure(stage, growth::Size { companies, people, audit }).await
        }
    })
}
