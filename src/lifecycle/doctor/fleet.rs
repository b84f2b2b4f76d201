//! The other nodes, and whether they can be reached.

use std::time::{Duration, Instant};

use tokio::runtime::Handle;

use crate::{
    bus::{Bus, State},
    config::{BusKind, Settings},
    crypto::entropy::system_world,
    lifecycle::bus,
    nodes::LIVES_FOR,
    store::{NodeRow, Store},
};

/// A message has to be back within this time.
const PATIENCE: Duration = Duration::from_secs(4);
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Who serves, and who of them cannot hear the others.
pub(super) async fn nodes(settings: &Settings, store: &Store) -> Result<String, String> {
    let nodes = store.in_system("list the nodes", |tx| Box::pin(tx.nodes(LIVES_FOR)));
    let nodes = nodes.await.map_err(|error| error.to_string())?.into_inner();
    if nodes.is_empty() {
        return Ok("none serves this database now".to_owned());
    }
    if nodes.len() > 1 && settings.bus.kind == BusKind::Solo {
        return Err(format!(
            "{} nodes serve this database and bus.kind is \"solo\": set \"pair\" or \"fleet\" on all of them, or a forced \
             logout on one is felt on the others a second later",
            nodes.len()
        ));
    }
    let deaf: Vec<_> = nodes.iter().filter(|node| !node.bus_trouble.is_empty()).map(describe).collect();
    let all = nodes.iter().map(describe).collect::<Vec<_>>().join(", ");
    match deaf.is_empty() {
        true => Ok(format!("{} serving: {all}", nodes.len())),
        false => Err(format!(
            "the bus does not carry for {}. They hear of each other within a second all the same; mend the bus",
            deaf.join(", ")
        )),
    }
}

fn describe(node: &NodeRow) -> String {
    let stopping = if node.draining { ", about to stop" } else { "" };
    let trouble = if node.bus_trouble.is_empty() { String::new() } else { format!(": {}", node.bus_trouble) };
    format!("{} ({}{stopping}){trouble}", node.address, node.version)
}

/// Whether a message sent from here comes back.
pub(super) async fn bus(settings: &Settings) -> Result<String, String> {
    let name = match settings.bus.kind {
        BusKind::Solo => return Ok("not needed: one node serves alone (bus.kind = \"solo\")".to_owned()),
        BusKind::Pair => "the notifications of PostgreSQL",
        BusKind::Fleet => "NATS",
    };
    let (_, how) = bus::settings(settings);
    let (bus, hears) = Bus::start(how, system_world().id(), &Handle::current());
    let since = Instant::now();
    while !bus.has_echoed() && since.elapsed() < PATIENCE {
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let (echoed, took, state) = (bus.has_echoed(), since.elapsed(), bus.state());
    bus.close().await;
    drop(hears);
    match (echoed, state) {
        (true, _) => {
            Ok(format!("{name} carried a message there and back {} ms after connecting began", took.as_millis()))
        }
        (false, State::Degraded(why)) => Err(format!("{why}. Check [bus]; nodes look once a second meanwhile")),
        (false, State::Connected) => Err(format!("{name} took a message and did not bring it back. Check its rights")),
    }
}
