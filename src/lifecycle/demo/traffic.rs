//! `voxgate dev --demo-traffic`: a week of history once, then a steady stream.

use std::time::Duration;

use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use super::stage::Stage;
use crate::{
    dev::demo::{
        cast::CAST,
        script::{Scene, everyday, incident, week},
    },
    domain::{code::Refusal, event::Event},
    lifecycle::StartError,
    tenant::Tenants,
};

/// A log that begins later than this before now has no history yet.
const HISTORY: time::Duration = time::Duration::DAY;
/// Events of the past written in one transaction.
const CHUNK: usize = 1_000;
/// Scenes follow each other after this much and up to twice as much more.
const PAUSE: Duration = Duration::from_secs(5);
/// The steps of an attack.
const STEP: Duration = Duration::from_millis(700);
/// One in so many scenes is an attack.
const ATTACKS: u64 = 14;

/// Brings the cast in, writes its week if the log is young, and goes on with its life until `stop`.
pub(in crate::lifecycle) async fn begin(tenants: &Tenants, stop: CancellationToken) -> Result<(), StartError> {
    let refused = |refusal| StartError::Refused { what: "preparing the demo traffic".into(), refusal };
    let stage = Stage::set(tenants).await.map_err(refused)?;
    remember(&stage).await.map_err(refused)?;
    let runtime = tenants.services().runtime.clone();
    runtime.spawn(async move { stop.run_until_cancelled(live(&stage)).await });
    Ok(())
}

async fn remember(stage: &Stage) -> Result<(), Refusal> {
    let (store, world) = (stage.tenants.store(), &stage.tenants.services().world);
    let now = world.now();
    let begins = store.in_tenant(stage.company, |tx| Box::pin(tx.log_begins())).await?.into_inner();
    if begins.is_some_and(|begins| begins < now - HISTORY) {
        return Ok(());
    }
    let week = week(world, CAST.len(), now);
    let past: Vec<(OffsetDateTime, Event)> = week.iter().map(|(at, scene)| (*at, stage.event(scene))).collect();
    for chunk in past.chunks(CHUNK) {
        let chunk = chunk.to_vec();
        let written = store.in_tenant(stage.company, move |tx| {
            Box::pin(async move {
                for (at, event) in chunk {
                    tx.record_past(at, event).await?;
                }
                Ok::<_, Refusal>(())
            })
        });
        written.await?;
    }
    Ok(())
}

/// Never ends; a scene that cannot be played is left out.
async fn live(stage: &Stage) {
    let world = &stage.tenants.services().world;
    let chance = |end: u64| u64::from_le_bytes(world.bytes()) % end;
    loop {
        let longer = Duration::from_millis(chance(2 * PAUSE.as_secs() * 1_000));
        tokio::time::sleep(PAUSE + longer).await;
        let scenes: Vec<Scene> = match chance(ATTACKS) {
            0 => incident(world, CAST.len()),
            _ => vec![everyday(world, CAST.len())],
        };
        for scene in scenes {
            if let Err(refusal) = stage.play(scene).await {
                tracing::warn!(code = refusal.code.as_str(), "a demo scene was left out");
            }
            tokio::time::sleep(STEP).await;
        }
    }
}
