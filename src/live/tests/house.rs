//! A house for the live channel to stand in: a hub, a log, a door, all in memory and in the test's hand.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, atomic::Ordering},
};

use actix::Recipient;
use futures_util::FutureExt;

use crate::{
    domain::{
        audit::AuditRow,
        code::{Code, Refusal},
        event::Kind,
        ids::CompanyId,
        principal::{Principal, Role},
        revocation::Scope,
    },
    live::{Backend, Live, Reply, Settings},
    stream::{
        revocation::Verdict,
        sample::{self, NOON},
    },
    tenant::hub::{Attached, Counters, Hub, Push, SocketId},
};

/// The page that may connect.
pub(super) const HOME: &str = "https://voxgate.example";

/// The house; everything in it is set by the test.
pub(super) struct House {
    hub: Mutex<Option<Hub>>,
    log: Mutex<Vec<AuditRow>>,
    pub(super) counters: Arc<Counters>,
    pub(super) tickets: Mutex<HashMap<String, Principal>>,
    pub(super) tokens: Mutex<HashMap<String, Principal>>,
    pub(super) verdict: Mutex<Verdict>,
    pub(super) database: Mutex<Result<(), Refusal>>,
    pub(super) settings: Settings,
}

impl House {
    pub(super) fn new() -> Self {
        let counters = Arc::<Counters>::default();
        Self {
            hub: Mutex::new(Some(Hub::new(sample::COMPANY, Arc::clone(&counters)))),
            log: Mutex::default(),
            counters,
            tickets: Mutex::default(),
            tokens: Mutex::default(),
            verdict: Mutex::new(Verdict::Open),
            database: Mutex::new(Ok(())),
            settings: Settings { origins: vec![HOME.into()], ..Settings::default() },
        }
    }

    pub(super) fn live(self: &Arc<Self>) -> Live {
        Live::new(Arc::clone(self) as Arc<dyn Backend>, crate::domain::sample::world(), self.settings.clone())
    }

    /// A ticket for the person of `role`.
    pub(super) fn ticket(&self, name: &str, role: Role) {
        self.tickets.lock().unwrap().insert(name.into(), sample::principal(role));
    }

    /// Something happens in the company: it is in the log, and the hub is told.
    pub(super) fn happen(&self, data: serde_json::Value) {
        let mut log = self.log();
        let seq = 1 + log.len() as i64;
        let row = AuditRow { data, ..sample::row(sample::COMPANY, seq, Kind::LoginFailed) };
        log.push(row.clone());
        if let Some(hub) = self.hub.lock().unwrap().as_mut() {
            hub.sequenced(&[Arc::new(row)]);
        }
    }

    /// The log loses its oldest rows, as retention does.
    pub(super) fn forget(&self, upto: i64) {
        self.log().retain(|row| row.seq > upto);
    }

    pub(super) fn revoke(&self, role: Role) {
        let revocation = sample::revocation(Scope::Session(sample::principal(role).session));
        self.with_hub(|hub| hub.revoked(&revocation, NOON));
    }

    pub(super) fn with_hub<T>(&self, act: impl FnOnce(&mut Hub) -> T) -> T {
        act(self.hub.lock().unwrap().as_mut().unwrap())
    }

    pub(super) fn drop_hub(&self) {
        self.hub.lock().unwrap().take();
    }

    pub(super) fn evicted(&self) -> u64 {
        self.counters.evicted.load(Ordering::Relaxed)
    }

    fn log(&self) -> MutexGuard<'_, Vec<AuditRow>> {
        self.log.lock().unwrap()
    }
}

fn reply<T: Send + 'static>(answer: Result<T, Refusal>) -> Reply<T> {
    async move { answer }.boxed()
}

impl Backend for House {
    fn redeem(&self, ticket: String) -> Reply<Principal> {
        reply(self.tickets.lock().unwrap().remove(&ticket).ok_or(Code::InvalidTicket.into()))
    }

    fn admit(&self, access_token: String) -> Reply<Principal> {
        reply(self.tokens.lock().unwrap().get(&access_token).cloned().ok_or(Code::Unauthenticated.into()))
    }

    fn check(&self, _: &Principal) -> Verdict {
        *self.verdict.lock().unwrap()
    }

    fn check_database(&self, _: Principal) -> Reply<()> {
        reply(self.database.lock().unwrap().clone())
    }

    fn make_room(&self, principal: Principal) -> Reply<()> {
        let room = self.hub.lock().unwrap().as_ref().is_none_or(|hub| hub.has_room(&principal));
        reply(room.then_some(()).ok_or(Code::TooManyRequests.into()))
    }

    fn epoch(&self) -> i64 {
        1
    }

    fn attach(&self, principal: Principal, recipient: Recipient<Push>) -> Reply<Attached> {
        let head = self.log().last().map_or(0, |row| row.seq);
        let mut hub = self.hub.lock().unwrap();
        let attached = hub.as_mut().map(|hub| hub.attach(principal, recipient, head, NOON).unwrap());
        reply(attached.ok_or(Code::Unavailable.into()))
    }

    fn detach(&self, _: CompanyId, socket: SocketId, answered: bool) {
        if let Some(hub) = self.hub.lock().unwrap().as_mut() {
            hub.closed(socket, answered, NOON);
        }
    }

    fn renewed(&self, socket: SocketId, principal: Principal) {
        self.with_hub(|hub| hub.renewed(socket, principal)).unwrap();
    }

    fn events(&self, _: CompanyId, after: i64, limit: u64) -> Reply<Vec<AuditRow>> {
        let rows = self.log().iter().filter(|row| row.seq > after).take(limit as usize).cloned().collect();
        reply(Ok(rows))
    }
}
