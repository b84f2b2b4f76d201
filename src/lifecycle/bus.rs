//! The bus as the settings describe it.

use std::time::Duration;

use crate::{
    bus::{self, Kind, in_process, nats},
    config::{BusKind, Settings},
    nodes,
};

/// How nodes reach each other, and how long they wait for each other.
pub(super) fn settings(settings: &Settings) -> (nodes::Settings, bus::Settings) {
    let (section, database) = (&settings.bus, &settings.database);
    let kind = match section.kind {
        BusKind::Solo => Kind::InProcess(in_process::Room::default()),
        BusKind::Pair => {
            let url = database.direct_url.as_ref().or(database.sequencer_url.as_ref());
            Kind::Postgres { url: url.cloned().unwrap_or_default() }
        }
        BusKind::Fleet => Kind::Nats(nats::Settings {
            url: section.nats_url.clone().unwrap_or_default(),
            credentials: section.nats_credentials.clone(),
        }),
    };
    // Alone there is nobody to wait for: another node would be a mistake in the settings, and hears nothing.
    let confirm = if section.kind == BusKind::Solo { 0 } else { section.confirm_milliseconds };
    let confirm = Duration::from_millis(confirm);
    (nodes::Settings { confirm }, bus::Settings { kind, channel: section.channel.clone() })
}
