//! A directory of supervisors as a node has it, without the node's doors.

use std::{sync::Arc, time::Duration};

use actix::Arbiter;
use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use voxgate::{
    bus,
    crypto::{
        digest::Pepper,
        entropy::system_world,
        keys::KeyFile,
        password::{self, Hasher},
        seal::Sealer,
        token::AccessTokens,
    },
    domain::{
        code::Refusal,
        ids::{CompanyId, UserId},
    },
    nodes::{self, Nodes},
    store::{Pooler, Store},
    stream::revocation::Feed,
    tenant::{Command, Directory, Door, Place, Services, Settings, Tenants},
};

use crate::support::db::TestDb;

/// The directory, the threads its jobs run on, and the database behind it.
pub(super) struct Crew {
    pub tenants: Tenants,
    pub directory: Arc<Directory>,
    pub db: TestDb,
    work: Option<Runtime>,
}

impl Crew {
    /// Supervisors that all share one thread, so that whatever one of them does to it hurts the others.
    pub async fn with(permits: usize, idle_after: Duration) -> Self {
        let work = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let db = TestDb::fresh().await;
        let settings = voxgate::store::Settings {
            app_url: db.app_url().into(),
            sequencer_url: db.sequencer_url().into(),
            app_connections: 4,
            sequencer_connections: 2,
            statement_timeout: Duration::from_secs(10),
            pooler: Pooler::None,
        };
        let store = Store::connect(settings, work.handle().clone()).await.unwrap();
        let directory = Directory::new(vec![Arbiter::new().handle()]);
        let services = services((store, directory.clone()), &work, permits, idle_after);
        let tenants = Tenants::new(Arc::new(services), Arc::clone(&directory));
        Self { tenants, directory, db, work: Some(work) }
    }

    /// The usual one: room for 512 orders a company, supervisors stay.
    pub async fn gathers() -> Self {
        Self::with(512, Duration::from_secs(300)).await
    }

    /// Gives an order and waits for what comes of it.
    pub async fn order<C: Command>(&self, command: C) -> Result<C::Output, Refusal> {
        self.tenants.run(command).await
    }

    /// Gives an order and goes on; the outcome is asked for later.
    pub fn begins<C: Command>(&self, command: C) -> tokio::task::JoinHandle<Result<C::Output, Refusal>> {
        let tenants = self.tenants.clone();
        self.work.as_ref().unwrap().spawn(async move { tenants.run(command).await })
    }

    /// Which supervisor a company has.
    pub fn generation(&self, company: u128) -> u64 {
        self.directory.generation(place(company, 0).company).unwrap_or_default()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        if let Some(work) = self.work.take() {
            work.shutdown_background();
        }
    }
}

/// The lane of an account of a company.
pub(super) fn place(company: u128, account: u128) -> Place {
    Place::account(CompanyId(Uuid::from_u128(0xc0 + company)), UserId(Uuid::from_u128(0xa0 + account)))
}

fn services(
    (store, directory): (Store, Arc<Directory>),
    work: &Runtime,
    permits: usize,
    idle_after: Duration,
) -> Services {
    let world = system_world();
    let keys = KeyFile::generate(&world);
    let cheap = password::Settings { memory_kib: 8, iterations: 1, threads: 1, ..password::Settings::default() };
    let feed = Feed::new(store.clone(), world.clone());
    let access = Arc::new(AccessTokens::new(&keys, "https://i.example", "voxgate", time::Duration::MINUTE).unwrap());
    let minute = Duration::from_secs(60);
    let tools = nodes::Tools { store: store.clone(), feed: feed.clone(), audience: directory };
    let bus = bus::Settings { kind: bus::Kind::InProcess(bus::in_process::Room::default()), channel: "voxgate".into() };
    let alone = (nodes::Settings { confirm: Duration::ZERO }, bus);
    let nodes = Nodes::join(world.id(), alone, tools, (work.handle(), &CancellationToken::new()));
    Services {
        store,
        followers: Default::default(),
        nodes,
        hasher: Hasher::start(cheap, world.clone()).unwrap(),
        sealer: Arc::new(Sealer::new(&keys).unwrap()),
        pepper: Pepper::new(&keys).unwrap(),
        door: Door::new(Arc::clone(&access), feed.clone(), world.clone()),
        access,
        feed,
        world,
        settings: Settings {
            issuer_name: "Voxgate".into(),
            base_url: "https://i.example".into(),
            access_lifetime: minute,
            refresh_lifetime: minute,
            session_lifetime: minute,
            min_password_length: 10,
            permits,
            idle_after,
        },
        runtime: work.handle().clone(),
    }
}
