//! What an installation of a run is made of.

use std::fmt;

use clap::{Args, ValueEnum};

/// How its nodes hear each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Bus {
    /// Not at all: they look into the database once a second (`kind = "solo"`).
    None,
    /// By the notifications of PostgreSQL (`kind = "pair"`), on a link of their own.
    #[default]
    Postgres,
    /// By a NATS server (`kind = "fleet"`), on a link of their own.
    Nats,
}

/// The parts of an installation.
#[derive(Clone, Copy, Debug, Args)]
pub struct Plan {
    /// How many server processes.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=9))]
    pub nodes: u8,
    /// How they hear each other.
    #[arg(long, value_enum, default_value_t = Bus::Postgres)]
    pub bus: Bus,
    /// `PgBouncer` in transaction mode stands before PostgreSQL.
    #[arg(long)]
    pub pooler: bool,
    /// The wall clocks of nodes can be shifted.
    #[arg(skip)]
    pub clocks: bool,
    /// PostgreSQL's data is on a small file system of its own, which only root can make.
    #[arg(skip)]
    pub small_disk: bool,
}

impl Default for Plan {
    /// Two nodes that hear each other by PostgreSQL.
    fn default() -> Self {
        Self { nodes: 2, bus: Bus::Postgres, pooler: false, clocks: false, small_disk: false }
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bus = self.bus.to_possible_value();
        let bus = bus.as_ref().map_or("", |bus| bus.get_name());
        write!(f, "{} nodes, bus: {bus}{}", self.nodes, if self.pooler { ", PgBouncer" } else { "" })
    }
}
