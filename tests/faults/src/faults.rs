//! What can go wrong while people use an installation. How it is done is in `stories.rs`.

use std::fmt;

use clap::ValueEnum;

use crate::{
    disk::Disk,
    plan::{Bus, Plan},
    proxy::Link,
    site::Site,
};

/// One kind of trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Fault {
    /// Nothing: what the run itself costs.
    None,
    /// `kill -9` of a node, three times.
    KillNode,
    /// SIGSTOP of a node for three seconds, twice.
    FreezeNode,
    /// `kill -9` of the postmaster; its data is recovered from the log.
    KillDatabase,
    /// SIGSTOP of all of PostgreSQL for four seconds.
    FreezeDatabase,
    /// Every connection of a node to PostgreSQL is cut, ten times.
    CutLink,
    /// Each way between a node and PostgreSQL takes 150 ms for five seconds.
    SlowLink,
    /// A node's link takes what is sent and brings nothing back, for eight seconds: longer than a lease.
    DeafLink,
    /// A node's questions stand still on their way for six seconds, and then all arrive.
    StalledLink,
    /// A node's halves of its connections end, and PostgreSQL is not told.
    HalfOpenLink,
    /// Three hundred clients begin a request and say nothing more.
    SilentClients,
    /// The wall clock of a node goes an hour ahead, and then five minutes back.
    StepClock,
    /// No file of PostgreSQL can grow for four seconds, as on a full disk; it is started again after.
    NoSpace,
    /// A lock keeps every connection of both pools busy for six seconds.
    BusyPool,
    /// The mail server takes connections and says nothing for six seconds, and then hangs up for two.
    SlowMail,
    /// The file system of PostgreSQL is full to the last byte for four seconds. Needs root.
    DiskFull,
    /// `kill -9` of the NATS server, twice, for two seconds each.
    KillBus,
    /// SIGSTOP of the NATS server for five seconds.
    FreezeBus,
    /// Every connection of a node to the bus is cut, ten times.
    CutBus,
    /// What is said on the bus to one node stands still for six seconds, both ways, and then arrives.
    StalledBus,
    /// No node reaches the bus, from before the first person comes to the end.
    DeadBus,
    /// For eight seconds, of ten messages of the bus two are lost, two come twice, and two come after the next one.
    MangledBus,
    /// `kill -9` of the pooler, three times.
    KillPooler,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.to_possible_value().map_or(Ok(()), |value| f.pad(value.get_name()))
    }
}

impl Fault {
    /// Every one of them.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// The installation that this fault needs, made from the one that was asked for.
    ///
    /// # Errors
    /// Why it cannot be made in such a one, or here.
    pub fn plan(self, plan: Plan) -> Result<Plan, &'static str> {
        let fits = match self {
            Self::KillBus | Self::FreezeBus if plan.bus != Bus::Nats => Err("needs --bus nats"),
            Self::CutBus | Self::StalledBus | Self::DeadBus | Self::MangledBus if plan.bus == Bus::None => {
                Err("needs a bus")
            }
            Self::KillPooler if !plan.pooler => Err("needs --pooler"),
            Self::StepClock if !Site::has_clocks() => Err("needs libfaketime"),
            Self::DiskFull if !Disk::possible() => Err("needs the right to mount a file system"),
            _ => Ok(()),
        };
        fits.map(|()| Plan { clocks: self == Self::StepClock, small_disk: self == Self::DiskFull, ..plan })
    }

    /// Whether only the bus is in trouble, or nothing is: then a desk is never more than two seconds behind.
    pub fn spares_desks(self) -> bool {
        let bus = [Self::KillBus, Self::FreezeBus, Self::CutBus, Self::StalledBus, Self::DeadBus, Self::MangledBus];
        self == Self::None || bus.contains(&self)
    }

    /// What is so from the beginning to the end of the run.
    pub fn prepare(self, site: &Site) {
        if self == Self::DeadBus {
            for node in &site.nodes {
                node.bus().set(Link { refuses: true, ..Link::default() });
                node.bus().cut();
            }
        }
    }
}
