//! A supervisor refuses whatever is not of its company, and counts it (OWASP ASVS 8.4.1 inside the process).

use std::{
    sync::{Weak, atomic::Ordering},
    time::Duration,
};

use actix::{Actor, Addr};
use tokio::{
    runtime::Handle,
    sync::{Semaphore, oneshot},
};
use uuid::Uuid;

use super::*;
use crate::{
    crypto::{digest::Pepper, keys::KeyFile, password, password::Hasher, seal::Sealer, token::AccessTokens},
    domain::{
        code::{Code, Refusal},
        event::Kind,
        principal::{Principal, Role},
        revocation::Scope,
    },
    nodes,
    store::{Pooler, RevocationRow, Store},
    stream::{revocation::Feed, sample},
    tenant::{Command, Door, LaneKey, Place, Settings, Tenants, hub::Push},
};

/// Must never be performed here.
struct Trespass;

impl Command for Trespass {
    type Output = ();
    const NAME: &'static str = "trespass";

    async fn place(&self, _: &Services) -> Result<Place, Refusal> {
        Ok(Place { company: sample::OTHER_COMPANY, lane: LaneKey(Uuid::nil()) })
    }

    async fn perform(self, _: Place, _: Tenants) -> Result<(), Refusal> {
        panic!("a command of another company was performed")
    }
}

/// Somewhere for pushes to go.
struct Deaf;

impl Actor for Deaf {
    type Context = actix::Context<Self>;
}

impl actix::Handler<Push> for Deaf {
    type Result = ();

    fn handle(&mut self, _: Push, _: &mut Self::Context) {}
}

/// Tools that touch no database: nothing here comes that far.
async fn services() -> Arc<Services> {
    let world = crate::domain::sample::world();
    let keys = KeyFile::generate(&world);
    let nowhere = crate::store::Settings {
        app_url: "postgres://nobody@localhost:1/none".into(),
        sequencer_url: "postgres://nobody@localhost:1/none".into(),
        app_connections: 1,
        sequencer_connections: 1,
        statement_timeout: Duration::from_secs(1),
        pooler: Pooler::None,
    };
    let store = Store::connect(nowhere, Handle::current()).await.unwrap();
    let cheap = password::Settings { memory_kib: 8, iterations: 1, threads: 1, ..password::Settings::default() };
    let feed = Feed::new(store.clone(), world.clone());
    let access = Arc::new(AccessTokens::new(&keys, "https://i.example", "voxgate", time::Duration::MINUTE).unwrap());
    Arc::new(Services {
        hasher: Hasher::start(cheap, world.clone()).unwrap(),
        sealer: Arc::new(Sealer::new(&keys).unwrap()),
        pepper: Pepper::new(&keys).unwrap(),
        door: Door::new(Arc::clone(&access), feed.clone(), world.clone()),
        access,
        followers: Default::default(),
        nodes: nodes::sample::alone(&store, &feed, Directory::new(vec![actix::Arbiter::current()])),
        store,
        feed,
        world,
        settings: Settings {
            issuer_name: "Voxgate".into(),
            base_url: "https://i.example".into(),
            access_lifetime: Duration::from_secs(60),
            refresh_lifetime: Duration::from_secs(60),
            session_lifetime: Duration::from_secs(60),
            min_password_length: 10,
            permits: 4,
            idle_after: Duration::from_secs(60),
        },
        runtime: Handle::current(),
    })
}

fn supervisor(services: &Arc<Services>) -> (Addr<Supervisor>, Arc<Counters>) {
    let counters = Arc::<Counters>::default();
    let place = Placed { generation: 1, listening: Arc::default(), counters: Arc::clone(&counters), heir: false };
    let supervisor = Supervisor::new(sample::COMPANY, Arc::clone(services), Weak::new(), place);
    (supervisor.start(), counters)
}

#[actix_web::test]
async fn case_78_a_message_of_another_company_is_refused_and_counted_whatever_it_asks() {
    let services = services().await;
    let (supervisor, counters) = supervisor(&services);
    let foreign = || counters.foreign.load(Ordering::Relaxed);
    let stranger = Principal { company: sample::OTHER_COMPANY, ..sample::principal(Role::Admin) };

    let tenants = Tenants::new(Arc::clone(&services), Directory::new(vec![actix::Arbiter::current()]));
    let place = Trespass.place(&services).await.unwrap();
    let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
    let (reply, outcome) = oneshot::channel();
    supervisor
        .send(Order {
            command: Trespass,
            place,
            tenants,
            permit,
            reply,
            span: tracing::Span::none(),
            sent: std::time::Instant::now(),
        })
        .await
        .unwrap();
    assert_eq!(outcome.await.unwrap().unwrap_err().code, Code::Internal);
    assert_eq!(foreign(), 1, "a command");

    let socket = Deaf.start().recipient();
    let attach = |principal| Attach { principal, socket: socket.clone(), head: 0 };
    assert_eq!(supervisor.send(attach(stranger.clone())).await.unwrap().unwrap_err().code, Code::Internal);
    assert_eq!(foreign(), 2, "a socket");

    let own = supervisor.send(attach(sample::principal(Role::Admin))).await.unwrap().unwrap();
    supervisor.send(Renewed(own.socket, stranger)).await.unwrap();
    assert_eq!(foreign(), 3, "a renewal");

    let row = Arc::new(sample::row(sample::OTHER_COMPANY, 1, Kind::LoginFailed));
    supervisor.send(Sequenced { rows: vec![row] }).await.unwrap();
    assert_eq!(foreign(), 4, "an event");

    let session = sample::principal(Role::Admin).session;
    let revocation = RevocationRow { company: sample::OTHER_COMPANY, ..sample::revocation(Scope::Session(session)) };
    let (told, closed) = oneshot::channel();
    supervisor.send(Revoke { revocation, told }).await.unwrap();
    assert_eq!(closed.await.unwrap(), 0);
    assert_eq!(foreign(), 5, "a revocation");
    assert_eq!(counters.sockets.load(Ordering::Relaxed), 1, "the company's own socket was touched by none of it");
}
