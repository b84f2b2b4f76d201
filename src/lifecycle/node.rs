//! One node put together: store, keys, hashing, feed, bus, sequencer, tenants. The same for `serve`, `dev` and `seed-demo`.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use actix::Arbiter;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::{StartError, bus, canary, housekeeping, key_watch, letters, loops, record_keeping};
use crate::{
    config,
    crypto::{
        digest::Pepper,
        entropy::system_world,
        keys::KeyFile,
        password::{self, Hasher},
        seal::Sealer,
        token::AccessTokens,
    },
    domain::{session::ABSOLUTE_LIFETIME, world::World},
    nodes::{self, Nodes},
    store::{self, Store},
    stream::revocation::Feed,
    tenant::{Directory, Door, Services, Settings, Tenants},
};

/// Commands of one company in flight at once on a node.
const PERMITS: usize = 512;
/// Supervisors without work and sockets are put away after this long.
const IDLE_AFTER: Duration = Duration::from_secs(300);
/// Arbiters that carry the supervisors.
const ARBITERS: usize = 2;
/// Connections of background work: feed, sequencer, heads, mail, housekeeping, heartbeat.
const SEQUENCER_CONNECTIONS: u32 = 6;
/// Shown in authenticator apps.
const PRODUCT: &str = "Voxgate";

/// A node whose background work runs.
pub struct Node {
    /// The companies.
    pub tenants: Tenants,
    /// Revocations; ready once loaded.
    pub feed: Feed,
    /// This node among the others.
    pub nodes: Nodes,
    /// Time and chance.
    pub world: World,
    runtime: Handle,
    stop: CancellationToken,
}

impl Node {
    /// Connects, refuses a database that would not wall tenants off, loads the revocations and starts the background
    /// work on `runtime`. Must run inside an actix system.
    ///
    /// # Errors
    /// The database does not answer, is not migrated, or its walls have holes.
    pub async fn start(settings: &config::Settings, keys: &KeyFile, runtime: Handle) -> Result<Self, StartError> {
        let world = system_world();
        let store = Store::connect(store_settings(settings), runtime.clone()).await?;
        let faults = store.check_walls().await?;
        if !faults.is_empty() {
            return Err(StartError::Walls(faults));
        }
        let missing = store.missing_columns().await?;
        if !missing.is_empty() {
            return Err(StartError::OldSchema(missing));
        }
        let directory = Directory::new((0..ARBITERS).map(|_| Arbiter::new().handle()).collect());
        let feed = Feed::new(store.clone(), world.clone());
        feed.tell(directory.clone());
        feed.load().await?;
        let stop = CancellationToken::new();
        let tools = nodes::Tools { store: store.clone(), feed: feed.clone(), audience: directory.clone() };
        let nodes = Nodes::join(world.id(), bus::settings(settings), tools, (&runtime, &stop));
        nodes.look_around().await?;
        let parts = (store.clone(), feed.clone(), nodes.clone());
        let services = services(settings, keys, parts, world.clone(), runtime.clone())?;
        let tenants = Tenants::new(Arc::new(services), directory);
        loops::start(&runtime, &feed, &store, nodes.herald(), world.clone(), &stop);
        housekeeping::start(&runtime, &store, &stop);
        canary::start(&runtime, &store, &world, Duration::from_secs(settings.metrics.canary_seconds), &stop);
        record_keeping::start(&runtime, tenants.services(), &stop);
        letters::start(&runtime, &tenants, settings, &stop)?;
        if let Some(file) = settings.keys.file.clone() {
            key_watch::start(&runtime, file, tenants.services().clone(), &stop);
        }
        Ok(Self { tenants, feed, nodes, world, runtime, stop })
    }

    /// Counts among the nodes that serve.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn serve_at(&self, address: SocketAddr) -> Result<(), StartError> {
        Ok(self.nodes.serve_at(reached_at(address), (&self.runtime, &self.stop)).await?)
    }

    /// Ends the background work and closes the database connections.
    pub async fn stop(self) {
        self.stop.cancel();
        self.nodes.leave().await;
        self.tenants.store().close().await;
    }
}

/// An address others can tell from theirs: a node that listens on every address is called by the name of its host.
fn reached_at(address: SocketAddr) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").ok().filter(|_| address.ip().is_unspecified());
    host.map_or_else(|| address.to_string(), |host| format!("{}:{}", host.trim(), address.port()))
}

fn services(
    settings: &config::Settings,
    keys: &KeyFile,
    (store, feed, nodes): (Store, Feed, Nodes),
    world: World,
    runtime: Handle,
) -> Result<Services, StartError> {
    let lifetime = access_lifetime(settings);
    let access = Arc::new(access_tokens(settings, keys)?);
    let door = Door::new(access.clone(), feed.clone(), world.clone());
    Ok(Services {
        store,
        hasher: Hasher::start(hasher_settings(settings), world.clone())?,
        sealer: Arc::new(Sealer::new(keys)?),
        pepper: Pepper::new(keys)?,
        access,
        feed,
        followers: Default::default(),
        nodes,
        door,
        world,
        settings: Settings {
            issuer_name: PRODUCT.to_owned(),
            base_url: settings.server.base_url.clone(),
            access_lifetime: lifetime,
            refresh_lifetime: Duration::from_secs(settings.tokens.refresh_days * 24 * 3600),
            session_lifetime: ABSOLUTE_LIFETIME.unsigned_abs(),
            min_password_length: settings.password.min_length as usize,
            permits: PERMITS,
            idle_after: IDLE_AFTER,
        },
        runtime,
    })
}

/// The keys of the installation that sign access tokens and checkpoints of the audit log.
pub(super) fn access_tokens(settings: &config::Settings, keys: &KeyFile) -> Result<AccessTokens, StartError> {
    let lifetime = time::Duration::try_from(access_lifetime(settings)).unwrap_or(time::Duration::MINUTE);
    Ok(AccessTokens::new(keys, settings.issuer(), &settings.tokens.audience, lifetime)?)
}

fn access_lifetime(settings: &config::Settings) -> Duration {
    Duration::from_secs(settings.tokens.access_seconds)
}

fn hasher_settings(settings: &config::Settings) -> password::Settings {
    let section = &settings.password;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    password::Settings {
        memory_kib: section.memory_kib,
        iterations: section.iterations,
        parallelism: section.parallelism,
        threads: if section.threads == 0 { cores } else { section.threads as usize },
        queue: section.queue as usize,
        deadline: Duration::from_secs(section.deadline_seconds),
        kernel: match section.kernel {
            config::PasswordKernel::Auto => password::Choice::Auto,
            config::PasswordKernel::Reference => password::Choice::Reference,
            config::PasswordKernel::Fast => password::Choice::Fast,
        },
    }
}

pub(super) fn store_settings(settings: &config::Settings) -> store::Settings {
    let database = &settings.database;
    let url = |url: &Option<secrecy::SecretString>| url.clone().unwrap_or_default();
    store::Settings {
        app_url: url(&database.app_url),
        sequencer_url: url(&database.sequencer_url),
        app_connections: database.connections,
        sequencer_connections: SEQUENCER_CONNECTIONS,
        statement_timeout: Duration::from_secs(database.statement_timeout_seconds),
        pooler: match database.pooler {
            config::Pooler::None => store::Pooler::None,
            config::Pooler::Transaction => store::Pooler::Transaction,
        },
    }
}
